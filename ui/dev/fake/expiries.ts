// The invented expiries of the fixture.
export const commands: Record<string, (args: Record<string, unknown>) => unknown> = {};
