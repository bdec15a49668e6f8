// Takes pictures of the window in other languages, where words are longer or run from right to left, and says what was
// cut. `node dev/languages.js [de en-XA ar-XB]` while `vite preview --config dev/vite.config.ts` runs.
import { mkdirSync } from "node:fs";
import { chromium } from "playwright-core";

const base = `http://localhost:${process.env["FIXTURE_PORT"] ?? 4179}/`;
const out = new URL("./shots/", import.meta.url).pathname;
mkdirSync(out, { recursive: true });

/** By place and key only: names are different in every language. */
const option = (page, index) => page.locator("[role=option]").nth(index).click();
const places = {
  main: { steps: (page) => option(page, 0) },
  failing: { query: "&x", steps: (page) => option(page, 1) },
  login: { steps: (page) => option(page, 3) },
  key: { steps: (page) => option(page, 2) },
  add: { steps: (page) => page.keyboard.press("Control+n") },
  form: {
    steps: async (page) => {
      await page.keyboard.press("Control+n");
      await page.locator("#provider-custom").click();
      await page.locator("input.mono").first().fill("https://id.northwind.example");
      await page.waitForTimeout(900);
    },
  },
  "sign-in": {
    query: "&wait=60000",
    steps: async (page) => {
      await option(page, 3);
      await page.keyboard.press("Control+i");
      await page.waitForTimeout(300);
    },
  },
  delete: {
    steps: async (page) => {
      await option(page, 2);
      await page.locator("[role=listbox]").press("Delete");
    },
  },
  first: { query: "&empty" },
  narrow: { size: [480, 560], steps: (page) => page.waitForTimeout(100) },
  rail: { size: [760, 560], steps: (page) => option(page, 0) },
};

/** Time, status and environment are never cut; neither is a button's label, a heading or a sentence. */
function cut() {
  const all = [...document.querySelectorAll(".status, .word, .chip, button, h1, h2, h3, p, dt, label, .time, .label")];
  return all
    .filter((one) => one.checkVisibility() && one.scrollWidth > one.clientWidth + 1 && getComputedStyle(one).overflowX !== "visible")
    .map((one) => `${one.className || one.tagName}: ${one.textContent?.trim().slice(0, 60)}`);
}

const wanted = process.argv.slice(2);
const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu", "--no-first-run"] });
for (const language of wanted.filter((one) => one.includes("-") || one === "de").concat(wanted.length === 0 ? ["de", "en-XA", "ar-XB"] : [])) {
  for (const [name, { query = "", size = [1240, 800], steps }] of Object.entries(places)) {
    const only = wanted.filter((one) => one in places);
    if (only.length > 0 && !only.includes(name)) continue;
    const page = await browser.newPage({ viewport: { width: size[0] ?? 1240, height: size[1] ?? 800 }, reducedMotion: "reduce" });
    page.on("pageerror", (thrown) => console.log(language, name, "ERROR", thrown.message));
    try {
      await page.goto(`${base}?language=${language}${query}`);
      await page.waitForTimeout(500);
      await steps?.(page);
      await page.waitForTimeout(300);
      for (const one of await page.evaluate(cut)) console.log(language, name, "cut:", one);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      if (wide > 0) console.log(language, name, `is ${wide} px too wide`);
    } catch (thrown) {
      console.log(language, name, "STEP", thrown instanceof Error ? thrown.message.split("\n")[0] : thrown);
    }
    await page.screenshot({ path: `${out}21-${language}-${name}.png` });
    await page.close();
  }
}
await browser.close();
