// Takes pictures of the fixture, light and dark, to lay beside the design. `node dev/shots.js [name]` while
// `vite preview --config dev/vite.config.ts` runs.
import { mkdirSync } from "node:fs";
import { chromium } from "playwright-core";
import { shots as settings } from "./shots_settings.js";
import { healthShots } from "./shots_health.js";
import { expiries } from "./shots_expiries.js";
import { shots as workbench } from "./shots_workbench.js";
import { detail } from "./shots_detail.js";
import { several } from "./shots_several.js";
import { activity } from "./shots_activity.js";
import { commands } from "./shots_commands.js";

const base = `http://localhost:${process.env["FIXTURE_PORT"] ?? 4179}/`;
const out = new URL("./shots/", import.meta.url).pathname;
mkdirSync(out, { recursive: true });

/** @typedef {{ name: string, query?: string, size?: number[], dark?: boolean, steps?: (page: import("playwright-core").Page) => unknown }} Shot */
const row = async (page, name) => {
  const found = page.getByRole("option", { name }).first();
  if ((await found.count()) === 0) await page.getByRole("button", { name: /Show all/ }).click();
  await found.click({ timeout: 5000 });
};

/** @type {Shot[]} */
const shots = [
  ...detail(row),
  { name: "01-main", steps: (page) => row(page, "Northwind API, production") },
  { name: "01-main-dark", dark: true, steps: (page) => row(page, "Northwind API, production") },
  {
    name: "02-token-dark",
    dark: true,
    steps: async (page) => {
      await row(page, "Northwind API, production");
      await page.getByRole("tab", { name: "Token" }).click();
    },
  },
  {
    name: "02-token-revealed",
    query: "?signature=mismatch",
    steps: async (page) => {
      await row(page, "Northwind API, production");
      await page.getByRole("tab", { name: "Token" }).click();
      await page.getByRole("button", { name: "Reveal" }).click();
    },
  },
  ...workbench,
  { name: "03-key", steps: (page) => row(page, "Payments gateway") },
  {
    name: "03-key-revealed-dark",
    dark: true,
    steps: async (page) => {
      await row(page, "Payments gateway");
      await page.getByRole("button", { name: "Reveal key for 15 s" }).click();
      await page.getByRole("button", { name: "Copy as curl" }).click();
    },
  },
  { name: "04-choose", steps: (page) => page.getByRole("button", { name: "Add credential" }).click() },
  {
    name: "05-oauth",
    steps: async (page) => {
      await page.getByRole("button", { name: "Add credential" }).click();
      await page.getByRole("option", { name: "Custom OIDC issuer" }).click();
      await page.getByLabel("Issuer URL").fill("https://id.northwind.example");
      await page.waitForTimeout(900);
    },
  },
  {
    name: "05-oauth-errors-dark",
    dark: true,
    steps: async (page) => {
      await page.getByRole("button", { name: "Add credential" }).click();
      await page.getByRole("option", { name: "Custom OIDC issuer" }).click();
      await page.getByLabel("Issuer URL").fill("https://missing.northwind.example");
      await page.waitForTimeout(900);
      await page.getByRole("button", { name: "Sign in with browser" }).click();
    },
  },
  {
    name: "06a-waiting",
    query: "?wait=60000",
    steps: async (page) => {
      await row(page, "Northwind API, production");
      await page.getByRole("button", { name: "Sign in again" }).click();
    },
  },
  {
    name: "06b-done",
    query: "?wait=100",
    steps: async (page) => {
      await row(page, "Northwind API, production");
      await page.getByRole("button", { name: "Sign in again" }).click();
      await page.waitForTimeout(1200);
    },
  },
  {
    name: "06b-failed-dark",
    dark: true,
    query: "?wait=100&fail=denied",
    steps: async (page) => {
      await row(page, "Northwind API, production");
      await page.getByRole("button", { name: "Sign in again" }).click();
      await page.waitForTimeout(700);
    },
  },
  ...["", "-dark"].flatMap((theme) => [
    {
      name: `06d-device${theme}`,
      dark: theme !== "",
      query: "?device&wait=60000",
      steps: async (page) => {
        await page.getByRole("button", { name: "Add credential" }).click();
        await page.getByRole("option", { name: "Custom OIDC issuer" }).click();
        await page.getByLabel("Issuer URL").fill("https://registers.northwind.example");
        await page.getByLabel("Client ID").fill("kQ2fakeClientId9");
        await page.getByLabel("Name").fill("Northwind API prod");
        await page.waitForTimeout(900);
        await page.screenshot({ path: `${out}05-oauth-device${theme}.png` });
        await page.getByRole("button", { name: "Sign in on another device" }).click();
      },
    },
    {
      name: `04-client-form${theme}`,
      dark: theme !== "",
      steps: async (page) => {
        await page.getByRole("button", { name: "Add credential" }).click();
        await page.getByRole("button", { name: /^Client credentials Machine/ }).click();
        await page.screenshot({ path: `${out}04-client-choose${theme}.png` });
        await page.getByRole("option", { name: "Custom OIDC issuer" }).click();
        await page.getByLabel("Issuer URL").fill("https://id.northwind.example");
        await page.waitForTimeout(900);
        await page.getByText("Private key", { exact: true }).click();
        await page.getByLabel("Private key (PEM)").fill("-----BEGIN PRIVATE KEY-----\nfake fake fake\n-----END PRIVATE KEY-----");
      },
    },
    {
      name: `17g-revoke${theme}`,
      dark: theme !== "",
      query: "?unsure",
      steps: async (page) => {
        await row(page, "Northwind API, production");
        await page.getByRole("button", { name: "More", exact: true }).click();
        await page.screenshot({ path: `${out}17g-more${theme}.png` });
        await page.getByRole("menuitem", { name: "Revoke at provider…" }).click();
        await page.waitForTimeout(200);
        await page.screenshot({ path: `${out}17g-revoke-asks${theme}.png` });
        await page.getByRole("button", { name: "Revoke", exact: true }).click();
        await page.waitForTimeout(500);
      },
    },
    {
      name: `17h-narrower${theme}`,
      dark: theme !== "",
      steps: async (page) => {
        await row(page, "Northwind API, production");
        await page.getByRole("button", { name: "More", exact: true }).click();
        await page.getByRole("menuitem", { name: "Narrower token…" }).click();
        await page.getByLabel("Audience").fill("orders");
        await page.waitForTimeout(200);
        await page.screenshot({ path: `${out}17h-narrower-asks${theme}.png` });
        await page.getByRole("button", { name: "Copy", exact: true }).click();
        await page.waitForTimeout(500);
      },
    },
    {
      name: `17d-delete-login${theme}`,
      dark: theme !== "",
      query: "?unsure",
      steps: async (page) => {
        await row(page, "Northwind API, staging");
        await page.keyboard.press("Delete");
        await page.waitForTimeout(200);
        await page.screenshot({ path: `${out}17d-delete-asks${theme}.png` });
        await page.getByRole("button", { name: "Delete", exact: true }).click();
        await page.waitForTimeout(500);
      },
    },
    { name: `02c-client${theme}`, dark: theme !== "", steps: (page) => row(page, "Billing worker") },
  ]),
  {
    name: "05-oauth-advanced",
    query: "?device",
    steps: async (page) => {
      await page.getByRole("button", { name: "Add credential" }).click();
      await page.getByRole("option", { name: "Custom OIDC issuer" }).click();
      await page.getByLabel("Issuer URL").fill("https://registers.northwind.example");
      await page.waitForTimeout(900);
      await page.getByRole("button", { name: "Register a client for me" }).click();
      await page.getByText(/^Advanced/).click();
      await page.getByLabel("Resource").scrollIntoViewIfNeeded();
    },
  },
  {
    name: "07-key-form",
    steps: async (page) => {
      await page.getByRole("button", { name: "Add credential" }).click();
      await page.evaluate(() => {
        const data = new DataTransfer();
        data.setData("text", "sk_live_00FAKE00duplicate0000000");
        document.activeElement?.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
      });
      await page.getByLabel("Name").fill("Payments");
      await page.getByRole("button", { name: "Store key" }).click();
      await page.waitForTimeout(200);
    },
  },
  ...expiries,
  {
    name: "08-rotate",
    steps: async (page) => {
      await row(page, "Payments gateway");
      await page.getByRole("button", { name: "Rotate…" }).click();
    },
  },
  ...settings,
  { name: "13-first-run", query: "?empty" },
  { name: "13-first-run-dark", query: "?empty", dark: true },
  { name: "13b-no-match-dark", dark: true, steps: (page) => page.getByRole("searchbox").fill("strpie") },
  {
    name: "14-menus",
    steps: async (page) => {
      await row(page, "Payments gateway");
      await page.keyboard.press("Control+Shift+C");
    },
  },
  {
    name: "14-order-dark",
    dark: true,
    steps: (page) => page.getByRole("button", { name: /^Order/ }).click(),
  },
  {
    name: "14-time",
    steps: async (page) => {
      await row(page, "Northwind API, production");
      await page.getByRole("button", { name: "42\u00a0min" }).first().hover();
      await page.waitForTimeout(500);
    },
  },
  {
    name: "16-add-narrow",
    size: [480, 700],
    steps: async (page) => {
      await page.getByRole("button", { name: "Add credential" }).click();
      await page.waitForTimeout(200);
    },
  },
  {
    name: "16-form-narrow",
    size: [480, 700],
    steps: async (page) => {
      await page.getByRole("button", { name: "Add credential" }).click();
      await page.getByRole("option", { name: "GitHub", exact: true }).click();
    },
  },
  { name: "16-nav-narrow", size: [480, 700], steps: (page) => page.getByRole("button", { name: "Filters" }).click() },
  {
    name: "19-github-dark",
    dark: true,
    steps: async (page) => {
      await page.getByRole("button", { name: "Add credential" }).click();
      await page.getByRole("option", { name: "GitHub", exact: true }).click();
    },
  },
  { name: "19-retrying", steps: async (page) => {
      await page.getByRole("button", { name: "Show all 6" }).click();
      await row(page, "Customer sync");
    } },
  { name: "19-late-key", steps: async (page) => {
      await page.getByRole("button", { name: "Show all 6" }).click();
      await row(page, "Mail relay");
    } },
  { name: "19-sign-in-by", steps: async (page) => {
      await page.getByRole("button", { name: "Show all 6" }).click();
      await row(page, "Wiki");
    } },
  { name: "19-expired", steps: (page) => row(page, "Release signer") },
  { name: "19-no-expiry", steps: (page) => row(page, "Search cluster") },
  {
    name: "20-rtl",
    steps: async (page) => {
      await page.evaluate(() => document.documentElement.setAttribute("dir", "rtl"));
      await row(page, "Northwind API, production");
    },
  },
  { name: "20-320", size: [320, 560], steps: (page) => row(page, "Northwind API, production") },
  {
    name: "20-320-token",
    size: [320, 900],
    steps: async (page) => {
      await row(page, "Northwind API, production");
      await page.getByRole("tab", { name: "Token" }).click();
    },
  },
  { name: "20-mac", query: "?os=macos", steps: (page) => row(page, "Northwind API, production") },
  { name: "16a-rail", size: [760, 560], steps: (page) => row(page, "Northwind API, production") },
  { name: "16b-single", size: [480, 560], steps: (page) => row(page, "Northwind API, production") },
  { name: "16b-single-list", size: [480, 560] },
  {
    name: "17a-toast",
    steps: async (page) => {
      await row(page, "Search cluster");
      await page.keyboard.press("Delete");
      await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
      await page.waitForTimeout(300);
      await page.keyboard.press("Control+c");
      await page.waitForTimeout(100);
    },
  },
  { name: "17b-locked", query: "?locked", steps: (page) => row(page, "Northwind API, production") },
  { name: "17c-failing-dark", dark: true, steps: (page) => row(page, "Warehouse sync") },
  {
    name: "17d-delete",
    steps: async (page) => {
      await row(page, "Payments gateway");
      await page.getByRole("button", { name: "More", exact: true }).click();
      await page.getByRole("menuitem", { name: "Delete…" }).click();
      await page.getByLabel("Production: type the name to delete").fill("Payments gate");
    },
  },
  ...["", "-dark"].flatMap((theme) => [
    { name: `18-many${theme}`, query: "?many", dark: theme !== "", steps: (page) => page.keyboard.press("End") },
    {
      name: `18-several${theme}`,
      query: "?many",
      dark: theme !== "",
      steps: async (page) => {
        await page.getByRole("searchbox").fill("env:prod stripe");
        await page.waitForTimeout(200);
        await page.keyboard.press("ArrowDown");
        await page.keyboard.press("ArrowDown");
        for (let index = 0; index < 2; index++) await page.keyboard.press("Shift+ArrowDown");
      },
    },
    {
      name: `18-several-delete${theme}`,
      dark: theme !== "",
      steps: async (page) => {
        await row(page, "Payments gateway");
        await page.keyboard.press("Control+a");
        await page.keyboard.press("Delete");
      },
    },
    {
      name: `18-providers${theme}`,
      query: "?many",
      dark: theme !== "",
      steps: async (page) => {
        await page.getByRole("button", { name: /more providers/ }).click();
        await page.keyboard.type("s");
      },
    },
    { name: `13b-no-result${theme}`, dark: theme !== "", steps: (page) => page.getByRole("searchbox").fill("strpie") },
    { name: `13b-bad-filter${theme}`, dark: theme !== "", steps: (page) => page.getByRole("searchbox").fill("env:prdo stripe") },
    { name: `13b-unfinished${theme}`, dark: theme !== "", steps: (page) => page.getByRole("searchbox").fill("env:") },
  ]),
  ...several(row),
  ...activity,
  ...commands(row),
  { name: "18-many", query: "?many", steps: (page) => page.keyboard.press("End") },
  {
    name: "20-refused-copy",
    query: "?copy=fail",
    steps: async (page) => {
      await row(page, "Northwind API, production");
      await page.keyboard.press("Control+c");
      await page.waitForTimeout(200);
    },
  },
  ...healthShots(out),
];

const wanted = process.argv.slice(2);
const browser = await chromium.launch({
  executablePath: "/usr/bin/chromium",
  ignoreDefaultArgs: ["--hide-scrollbars"],
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"],
});
for (const shot of shots) {
  if (wanted.length > 0 && !wanted.some((name) => shot.name.startsWith(name))) continue;
  const [width, height] = shot.size ?? [1240, 800];
  const page = await browser.newPage({ viewport: { width, height }, colorScheme: shot.dark ? "dark" : "light", locale: "en-GB", reducedMotion: "reduce" });
  page.on("console", (message) => message.type() !== "debug" && console.log(shot.name, message.type(), message.text()));
  page.on("pageerror", (thrown) => console.log(shot.name, "ERROR", thrown.message));
  try {
    await page.goto(base + (shot.query ?? ""));
    await page.waitForTimeout(300);
    await shot.steps?.(page);
    await page.waitForTimeout(250);
  } catch (thrown) {
    console.log(shot.name, "STEP", thrown instanceof Error ? thrown.message.split("\n").slice(0, 3).join(" ") : thrown);
  }
  await page.screenshot({ path: `${out}${shot.name}.png` });
  await page.close();
}
await browser.close();
