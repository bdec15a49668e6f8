// The pictures of the detail pane's tabs, menu and forms.

/** @param {(page: import("playwright-core").Page, name: string) => Promise<void>} row */
export const detail = (row) => [
  {
    name: "03-setup",
    steps: async (page) => {
      await row(page, "Payments gateway");
      await page.getByRole("tab", { name: "Setup" }).click();
    },
  },
  {
    name: "03-setup-error-dark",
    dark: true,
    steps: async (page) => {
      await row(page, "Payments gateway");
      await page.getByRole("tab", { name: "Setup" }).click();
      await page.getByLabel("Name", { exact: true }).fill("Deploy bot");
      await page.keyboard.press("Enter");
      await page.getByRole("button", { name: "Add a format" }).click();
      await page.getByRole("button", { name: "Add", exact: true }).click();
    },
  },
  {
    name: "01-setup-login",
    steps: async (page) => {
      await row(page, "Legacy sync");
      await page.getByRole("tab", { name: "Setup" }).click();
      await page.getByText("Agreed with the provider").scrollIntoViewIfNeeded();
      await page.getByRole("button", { name: /Sign in with others/ }).scrollIntoViewIfNeeded();
    },
  },
  { name: "01-paused", steps: (page) => row(page, "Legacy sync") },
  { name: "01-paused-dark", dark: true, query: "?notice=paused", steps: (page) => row(page, "Legacy sync") },
  {
    name: "01-access",
    steps: async (page) => {
      await row(page, "Northwind API, production");
      await page.getByRole("tab", { name: /Access/ }).click();
    },
  },
  {
    name: "01-menu",
    steps: async (page) => {
      await row(page, "Northwind API, production");
      await page.getByRole("button", { name: "More", exact: true }).click();
      await page.getByRole("menuitem", { name: "Move to" }).hover();
      await page.getByRole("menuitem", { name: "staging" }).waitFor();
    },
  },
  {
    name: "03-menu-dark",
    dark: true,
    steps: async (page) => {
      await row(page, "Payments gateway");
      await page.getByRole("button", { name: "More", exact: true }).click();
    },
  },
  {
    name: "03-rotate-by",
    steps: async (page) => {
      await row(page, "Payments gateway");
      await page.getByRole("button", { name: "More", exact: true }).click();
      await page.getByRole("menuitem", { name: "Set rotate-by" }).click();
    },
  },
  { name: "02-jwt", steps: (page) => row(page, "Build token") },
  {
    name: "02-jwt-overview",
    steps: async (page) => {
      await row(page, "Build token");
      await page.getByRole("tab", { name: "Overview" }).click();
    },
  },
  {
    name: "02-jwt-expired-dark",
    dark: true,
    steps: async (page) => {
      await row(page, "Workshop pass");
      await page.getByRole("tab", { name: "Overview" }).click();
    },
  },
  {
    name: "04-jwt-form",
    steps: async (page) => {
      await page.getByRole("button", { name: "Add credential" }).click();
      await page.getByRole("button", { name: "JWT Pasted, not renewed" }).click();
      await page.getByRole("radio", { name: "Issuer" }).check({ force: true });
      await page.keyboard.press("Control+Enter");
    },
  },
];
