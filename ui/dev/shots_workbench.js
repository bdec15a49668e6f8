// The pictures of keys and tokens: the Token tab, the workbench, a pasted JWT.
const row = (page, name) => page.getByRole("option", { name }).first().click();
const openToken = async (page) => {
  await row(page, "Northwind API, production");
  await page.getByRole("tab", { name: "Token" }).click();
};
const bench = async (page, tool) => {
  await page.keyboard.press("Alt+6");
  await page.waitForTimeout(300);
  await page.getByRole("tab").nth(tool).click();
};
const decode = async (page) => {
  await bench(page, 0);
  await page.locator("input[type=password]").fill("a.b.c");
  await page.waitForTimeout(300);
};

export const shots = [
  ...["", "-dark"].flatMap((theme) => [
    ...["mismatch", "alg_none", "unknown_key", "needs_secret", "no_keys", "encrypted"].map((reason) => ({
      name: `02-token-${reason}${theme}`,
      dark: theme !== "",
      query: `?signature=${reason}`,
      steps: openToken,
    })),
    {
      name: `02-token-keys${theme}`,
      dark: theme !== "",
      query: "?signature=no_keys",
      steps: async (page) => {
        await openToken(page);
        await page.getByRole("button", { name: "Add keys…" }).click();
      },
    },
    {
      name: `02-token-opaque${theme}`,
      dark: theme !== "",
      query: "?token=opaque",
      steps: async (page) => {
        await openToken(page);
        const ask = page.getByRole("button", { name: "Introspect" });
        if (await ask.count()) await ask.click();
      },
    },
    { name: `21-decode${theme}`, dark: theme !== "", steps: decode },
    {
      name: `21-compare${theme}`,
      dark: theme !== "",
      steps: async (page) => {
        await bench(page, 1);
        await page.getByLabel("First token").last().fill("a.b.c");
        await page.getByLabel("Second token").last().fill("a.b.c");
        await page.getByRole("button", { name: "Compare", exact: true }).click();
        await page.waitForTimeout(200);
      },
    },
    {
      name: `21-generate${theme}`,
      dark: theme !== "",
      steps: async (page) => {
        await bench(page, 2);
        await page.getByLabel("Prefix").fill("acme_test_");
        await page.getByRole("button", { name: "Generate key" }).click();
        await page.getByRole("button", { name: "Reveal once, for 15 s" }).click();
      },
    },
    {
      name: `21-verify${theme}`,
      dark: theme !== "",
      steps: async (page) => {
        await bench(page, 3);
        await page.getByLabel("Key", { exact: true }).fill("acme_test_00FAKE00");
        await page.getByLabel("SHA-256 from the server").fill("9f3a1c7e40b2d815".repeat(4));
        await page.getByRole("button", { name: "Verify" }).click();
      },
    },
    {
      name: `21-sign${theme}`,
      dark: theme !== "",
      size: [1240, 1100],
      steps: async (page) => {
        await bench(page, 4);
        await page.getByRole("button", { name: "Sign token" }).click();
      },
    },
  ]),
  { name: "21-decode-rail", size: [760, 560], steps: decode },
  { name: "21-decode-single", size: [480, 560], steps: decode },
  { name: "21-compare-de", query: "?language=de", steps: (page) => bench(page, 1) },
  { name: "21-sign-de", query: "?language=de", steps: (page) => bench(page, 4) },
  { name: "21-generate-xa", query: "?language=en-XA", steps: (page) => bench(page, 2) },
  { name: "21-decode-rtl", query: "?language=ar-XB", steps: decode },
  { name: "21-decode-de", query: "?language=de", size: [760, 560], steps: decode },
  {
    name: "04-pasted-jwt",
    steps: async (page) => {
      await page.getByRole("button", { name: "Add credential" }).click();
      await page.evaluate(() => {
        const data = new DataTransfer();
        data.setData("text", "eyJhbGciOiJub25lIn0.eyJmYWtlIjoxfQ.");
        document.activeElement?.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
      });
    },
  },
];
