// Pictures of the time line (08a, 08b), for shots.js.

export const expiries = [
  ...["", "-dark"].flatMap((theme) => {
    const dark = theme !== "";
    const show = async (page) => {
      await page.keyboard.press("Alt+3");
      await page.getByRole("option", { name: /^Payments gateway/ }).waitFor({ timeout: 3000 }).catch(() => undefined);
      await page.waitForTimeout(200);
    };
    const to = (span, wait = 250) => async (page) => {
      await show(page);
      await page.getByText(span, { exact: true }).click();
      await page.waitForTimeout(wait);
    };
    return [
      { name: `expiries-90d${theme}`, dark, steps: async (page) => {
          await show(page);
          for (let step = 0; step < 5; step++) await page.keyboard.press("ArrowDown");
        } },
      { name: `expiries-1h${theme}`, dark, steps: to("1 h") },
      { name: `expiries-24h${theme}`, dark, steps: to("24 h") },
      { name: `expiries-table${theme}`, dark, steps: async (page) => {
          await show(page);
          await page.keyboard.press("v");
        } },
      { name: `expiries-calm${theme}`, dark, query: "?calm", steps: show },
      { name: `expiries-many${theme}`, dark, query: "?many", steps: show },
      { name: `expiries-card-far${theme}`, dark, steps: async (page) => {
          await show(page);
          await page.getByRole("option", { name: /^DNS edit/ }).click();
        } },
      { name: `expiries-rail${theme}`, dark, size: [760, 560], steps: async (page) => {
          await show(page);
          for (let step = 0; step < 5; step++) await page.keyboard.press("ArrowDown");
        } },
      { name: `expiries-single${theme}`, dark, size: [480, 560], steps: show },
      { name: `expiries-320${theme}`, dark, size: [320, 560], steps: show },
      { name: `expiries-panned${theme}`, dark, steps: async (page) => {
          await show(page);
          await page.keyboard.press("Shift+ArrowLeft");
          await page.keyboard.press("Shift+ArrowLeft");
          await page.keyboard.press("-");
        } },
    ];
  }),
  ...["de", "en-XA", "ar-XB"].map((language) => ({
    name: `expiries-${language}`,
    query: `?language=${language}`,
    steps: async (page) => {
      await page.keyboard.press("Alt+3");
      await page.waitForTimeout(400);
      for (let step = 0; step < 5; step++) await page.keyboard.press("ArrowDown");
    },
  })),
];
