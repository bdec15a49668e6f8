// Pictures of the settings and the app lock; see shots.js.
const row = (page, name) => page.getByRole("option", { name }).first().click();

export const shots = [
  ...["", "-dark"].flatMap((theme) => [
    ...["General", "Security", "Refresh", "Health", "Activity", "Shortcuts", "Command line", "About"].map((name) => ({
      name: `11-settings-${name.toLowerCase().replace(" ", "-")}${theme}`,
      dark: theme !== "",
      query: "?passphrase",
      steps: async (page) => {
        await page.keyboard.press("Control+,");
        await page.getByRole("tab", { name, exact: true }).click();
      },
    })),
    {
      name: `11-settings-loosen${theme}`,
      dark: theme !== "",
      query: "?passphrase",
      steps: async (page) => {
        await page.keyboard.press("Control+,");
        await page.getByRole("tab", { name: "Security", exact: true }).click();
        await page.getByLabel("Lock after").selectOption("60");
        await page.getByRole("textbox", { name: "Passphrase" }).fill("wrong");
        await page.keyboard.press("Enter");
        await page.waitForTimeout(200);
      },
    },
    {
      name: `12-set-passphrase${theme}`,
      dark: theme !== "",
      steps: async (page) => {
        await page.keyboard.press("Control+Shift+L");
        await page.getByLabel("New passphrase").fill("short");
        await page.keyboard.press("Enter");
        await page.waitForTimeout(200);
      },
    },
    { name: `12-locked${theme}`, dark: theme !== "", query: "?applocked" },
    {
      name: `12-locked-wrong${theme}`,
      dark: theme !== "",
      query: "?applocked",
      steps: async (page) => {
        await page.getByRole("textbox", { name: "Passphrase" }).fill("wrong");
        await page.keyboard.press("Enter");
        await page.waitForTimeout(200);
      },
    },
  ]),
  {
    name: "11-settings-search",
    query: "?passphrase",
    steps: async (page) => {
      await page.keyboard.press("Control+,");
      await page.waitForTimeout(200);
      await page.keyboard.press("Control+f");
      await page.keyboard.type("lock");
    },
  },
  {
    name: "11-settings-refused",
    query: "?refuse",
    steps: async (page) => {
      await page.keyboard.press("Control+,");
      await page.getByLabel("Needs attention starts").selectOption("30");
    },
  },
  ...[[760, 560], [480, 560]].flatMap((size) => [
    { name: `11-settings-${size[0]}`, size, query: "?passphrase&language=de", steps: async (page) => {
      await page.keyboard.press("Control+,");
      await page.waitForTimeout(200);
      await page.getByRole("tab", { name: "Sicherheit" }).click();
    } },
    { name: `12-locked-${size[0]}`, size, query: "?applocked&language=de" },
  ]),
  ...["en-XA", "ar-XB"].flatMap((language) => [
    { name: `11-settings-${language}`, query: `?passphrase&language=${language}`, steps: async (page) => {
      await page.keyboard.press("Control+,");
      await page.waitForTimeout(200);
      await page.getByRole("tab").nth(1).click();
    } },
    { name: `12-locked-${language}`, query: `?applocked&language=${language}` },
  ]),
  { name: "01-compact", query: "?compact&passphrase", steps: (page) => row(page, "Northwind API, production") },
];
