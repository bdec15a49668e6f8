// Pictures of several selected; see shots.js.
export const several = (row) => [
  { name: "16a-several-rail", size: [760, 560], query: "?many", steps: async (page) => {
      await row(page, "Northwind API, production");
      await page.keyboard.press("Shift+ArrowDown");
    } },
  { name: "18-several-de", query: "?language=de", steps: async (page) => {
      await row(page, "Northwind API, production");
      await page.keyboard.press("Shift+ArrowDown");
    } },
  { name: "18-several-xa", query: "?language=en-XA", steps: async (page) => {
      await row(page, "Northwind API, production");
      await page.keyboard.press("Shift+ArrowDown");
    } },
  { name: "18-several-rtl", query: "?language=ar-XB", steps: async (page) => {
      await page.getByRole("searchbox").fill("env:prod ");
      await page.keyboard.press("ArrowDown");
      await page.keyboard.press("Shift+ArrowDown");
    } },
  { name: "18-several-single", size: [480, 560], steps: async (page) => {
      await page.keyboard.press("ArrowDown");
      await page.keyboard.press("Shift+ArrowDown");
      await page.keyboard.press("Enter");
    } },
];
