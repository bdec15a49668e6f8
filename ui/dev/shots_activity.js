// Pictures of the activity log; see shots.js.
export const activity = [
  ...["", "-dark"].flatMap((theme) => [
    { name: `10-activity${theme}`, dark: theme !== "", steps: (page) => page.keyboard.press("Alt+5") },
    {
      name: `10-activity-panel${theme}`,
      dark: theme !== "",
      steps: async (page) => {
        await page.keyboard.press("Alt+5");
        await page.getByRole("row", { name: /Refreshed 14 times/ }).waitFor();
        for (const key of ["ArrowDown", "ArrowDown", "ArrowRight"]) await page.keyboard.press(key);
        await page.waitForTimeout(100);
        await page.getByRole("row", { name: /Handed out, Northwind API/ }).first().dblclick();
      },
    },
    {
      name: `10-activity-export${theme}`,
      dark: theme !== "",
      steps: async (page) => {
        await page.keyboard.press("Alt+5");
        await page.getByRole("button", { name: "Failures only" }).click();
        await page.getByRole("button", { name: "Export…" }).click();
        await page.getByRole("menuitem", { name: /CSV/ }).click();
        await page.getByRole("button", { name: "Check the log" }).click();
      },
    },
  ]),
  { name: "10-activity-760", size: [760, 560], steps: (page) => page.keyboard.press("Alt+5") },
  {
    name: "10-activity-480",
    size: [480, 560],
    steps: async (page) => {
      await page.keyboard.press("Alt+5");
    },
  },
  {
    name: "10-activity-broken",
    query: "?broken&activity=100000",
    steps: async (page) => {
      await page.keyboard.press("Alt+5");
      await page.getByRole("button", { name: "Check the log" }).click();
      for (let turn = 0; turn < 8; turn++) {
        await page.keyboard.press("PageDown");
        await page.waitForTimeout(30);
      }
      await page.getByRole("grid").focus();
      for (let turn = 0; turn < 8; turn++) {
        await page.keyboard.press("PageDown");
        await page.waitForTimeout(30);
      }
    },
  },
  { name: "10-activity-none", steps: async (page) => { await page.keyboard.press("Alt+5"); await page.keyboard.press("Control+f"); await page.keyboard.type("zzz"); await page.waitForTimeout(300); } },
  ...["de", "en-XA", "ar-XB"].map((language) => ({ name: `10-activity-${language}`, query: `?language=${language}`, steps: (page) => page.keyboard.press("Alt+5") })),
];
