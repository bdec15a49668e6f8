// The invented workbench of the fixture.
export const commands: Record<string, (args: Record<string, unknown>) => unknown> = {};
