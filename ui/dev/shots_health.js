// The pictures of Health; `shots.js` takes them.

/** @param {string} out where more than one picture of a shot goes */
export const healthShots = (out) => [
  ...["", "-dark"].flatMap((theme) => [
    {
      name: `09-health${theme}`,
      dark: theme !== "",
      steps: async (page) => {
        await page.keyboard.press("Alt+4");
        await page.getByRole("option", { name: /^Same key/ }).click();
      },
    },
    {
      name: `09-health-old${theme}`,
      dark: theme !== "",
      steps: async (page) => {
        await page.keyboard.press("Alt+4");
        await page.getByRole("option", { name: /^Older than/ }).click();
        await page.keyboard.press("F6");
        await page.keyboard.press("Tab");
      },
    },
    {
      name: `09-health-accept${theme}`,
      dark: theme !== "",
      steps: async (page) => {
        await page.keyboard.press("Alt+4");
        await page.getByRole("option", { name: /^Older than/ }).click();
        await page.getByRole("button", { name: "Accept the risk…" }).click();
        await page.getByText("Date", { exact: true }).click();
        await page.getByRole("button", { name: /^Accept until/ }).click();
      },
    },
    {
      name: `09-health-accepted${theme}`,
      dark: theme !== "",
      steps: async (page) => {
        await page.keyboard.press("Alt+4");
        await page.getByRole("option", { name: /^No PKCE/ }).click();
      },
    },
  ]),
  { name: "09-health-broad", steps: async (page) => (await page.keyboard.press("Alt+4"), page.getByRole("option", { name: /^Scopes broader/ }).click()) },
  { name: "09-health-none", query: "?healthy", steps: (page) => page.keyboard.press("Alt+4") },
  {
    name: "09-health-rotate-by",
    steps: async (page) => {
      await page.keyboard.press("Alt+4");
      await page.getByRole("option", { name: /^No rotate-by/ }).click();
      await page.getByRole("button", { name: "Set rotate-by…", exact: true }).click();
    },
  },
  ...[
    ["rail", [760, 560], ""],
    ["single", [480, 560], ""],
    ["de", [1240, 800], "?language=de"],
    ["xa", [1240, 800], "?language=en-XA"],
    ["xb", [1240, 800], "?language=ar-XB"],
    ["single-xa", [480, 560], "?language=en-XA"],
  ].flatMap(([name, size, query]) => [
    {
      name: `09-health-${name}`,
      size,
      query,
      steps: async (page) => {
        await page.keyboard.press("Alt+4");
        await page.waitForTimeout(200);
        for (let step = 0; step < 3; step++) await page.keyboard.press("ArrowDown");
        if (size[0] < 700) await page.screenshot({ path: `${out}09-health-${name}-list.png` });
        await page.keyboard.press("Enter");
      },
    },
  ]),
];
