// Walks through the fixture with the keyboard and says what does not behave. `node dev/walk.js [name]` while
// `vite preview --config dev/vite.config.ts` runs.
import assert from "node:assert/strict";
import { chromium } from "playwright-core";

const base = `http://localhost:${process.env["FIXTURE_PORT"] ?? 4179}/`;
const walks = [];
/** @param {string} name @param {string} query @param {(page: import("playwright-core").Page) => Promise<unknown>} steps */
const walk = (name, query, steps) => walks.push({ name, query, steps });
const selected = (page) => page.locator('[role="option"][aria-selected="true"]').first().getAttribute("aria-label");
const focused = (page) => page.evaluate(() => document.activeElement?.getAttribute("aria-label") ?? document.activeElement?.textContent?.trim());
const status = (page) => page.locator('[aria-live="polite"]').textContent();

walk("the list starts with the focus and moves by key", "", async (page) => {
  assert.equal(await focused(page), "Credentials");
  await page.keyboard.press("ArrowDown");
  assert.match(await selected(page), /^Release signer, staging/);
  await page.keyboard.press("End");
  assert.match(await selected(page), /^DNS edit/);
  await page.keyboard.press("Home");
  assert.match(await selected(page), /^Warehouse sync/);
  await page.keyboard.type("gr");
  assert.match(await selected(page), /^Graph mail reader/);
  const active = await page.getByRole("listbox", { name: "Credentials" }).getAttribute("aria-activedescendant");
  assert.equal(active, "row-graph");
  assert.equal(await page.locator("#row-graph").count(), 1);
});

walk("Ctrl+C copies, the row and the button say so, the strip counts", "", async (page) => {
  await page.getByRole("option", { name: /^Northwind API, production/ }).click();
  await page.keyboard.press("Control+c");
  await page.waitForTimeout(100);
  assert.match(await page.locator("#row-northwind").textContent(), /Copied/);
  assert.equal(await status(page), "Copied");
  await page.waitForTimeout(1400);
  assert.doesNotMatch(await page.locator("#row-northwind").textContent(), /Copied/);
  assert.match(await page.getByText("Clipboard clears in").textContent(), /4\d\u00a0s/);
  await page.getByRole("button", { name: "Clear the clipboard now" }).click();
  await page.waitForTimeout(100);
  assert.equal(await page.getByText("Clipboard clears in").count(), 0);
});

walk("a slow copy says Refreshing", "?copy=slow", async (page) => {
  await page.getByRole("option", { name: /^Northwind API, production/ }).click();
  await page.keyboard.press("Control+c");
  await page.waitForTimeout(400);
  assert.match(await page.locator("#row-northwind").textContent(), /Refreshing/);
  assert.equal(await page.getByRole("button", { name: "Refreshing" }).first().getAttribute("aria-busy"), "true");
});

walk("a refused copy shows sentence and code in place", "?copy=fail", async (page) => {
  await page.getByRole("option", { name: /^Northwind API, production/ }).click();
  await page.keyboard.press("Control+c");
  await page.getByRole("alert").getByText("invalid_grant").waitFor();
  await page.keyboard.press("ArrowDown");
  await page.waitForTimeout(100);
  assert.equal(await page.getByRole("alert").count(), 0);
});

walk("Ctrl+Shift+C opens the copy menu, Esc gives the focus back", "", async (page) => {
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Control+Shift+C");
  await page.getByRole("menu").waitFor();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Escape");
  await page.waitForTimeout(200);
  assert.equal(await page.getByRole("menu").count(), 0);
  await page.keyboard.press("Control+3");
  await page.waitForTimeout(100);
  assert.equal(await status(page), "Copied");
});

walk("Space reveals while held, and the value leaves the document", "", async (page) => {
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  await page.waitForTimeout(100);
  await page.keyboard.down("Space");
  await page.getByText("sk_live_00FAKE00notakey00000000fake").waitFor();
  await page.keyboard.up("Space");
  await page.waitForTimeout(50);
  assert.doesNotMatch(await page.content(), /00FAKE00notakey/);
});

walk("a revealed value is gone with another selection", "", async (page) => {
  await page.getByRole("option", { name: /^Payments gateway/ }).click();
  await page.getByRole("button", { name: "Reveal key for 15 s" }).click();
  await page.getByText("00FAKE00notakey").waitFor();
  await page.getByRole("option", { name: /^Docs assistant/ }).click();
  await page.waitForTimeout(100);
  assert.doesNotMatch(await page.content(), /00FAKE00notakey/);
});

walk("a revealed value is gone after 15 s", "", async (page) => {
  await page.getByRole("option", { name: /^Payments gateway/ }).click();
  await page.getByRole("button", { name: "Reveal key for 15 s" }).click();
  await page.getByText("00FAKE00notakey").waitFor();
  await page.waitForTimeout(15_400);
  assert.doesNotMatch(await page.content(), /00FAKE00notakey/);
});

walk("search narrows, Esc clears and goes back to the list", "", async (page) => {
  await page.keyboard.press("Control+f");
  await page.waitForTimeout(50);
  assert.equal(await focused(page), "Search");
  await page.keyboard.type("stripe");
  await page.waitForTimeout(700);
  assert.equal(await page.getByRole("option").count(), 1);
  assert.equal(await status(page), "1 result");
  await page.keyboard.press("Escape");
  await page.keyboard.press("Escape");
  assert.equal(await focused(page), "Credentials");
});

walk("Ctrl+K lists the commands, runs one, and gives the focus back", "", async (page) => {
  await page.getByRole("option", { name: /^Payments gateway/ }).click();
  await page.keyboard.press("Control+k");
  assert.equal(await focused(page), "Find a command");
  // Rows came under the pointer, which did not move: they are not chosen by it.
  await page.waitForTimeout(200);
  const chosen = page.getByRole("dialog").getByRole("option", { selected: true });
  assert.equal(await chosen.getAttribute("aria-label"), "Copy key");
  await page.keyboard.press("Escape");
  await page.waitForTimeout(100);
  assert.equal(await focused(page), "Credentials");
  await page.keyboard.press("Control+k");
  await page.keyboard.type("copy");
  await page.keyboard.press("Enter");
  await page.getByText("Clipboard clears in").waitFor();
  assert.equal(await focused(page), "Credentials");
  await page.keyboard.press("Control+k");
  await page.keyboard.type("act");
  await page.keyboard.press("Enter");
  await page.getByRole("grid", { name: "What happened, newest first" }).waitFor();
});

walk("tabs, panes and Enter", "", async (page) => {
  await page.getByRole("option", { name: /^Northwind API, production/ }).click();
  await page.waitForTimeout(100);
  await page.keyboard.press("]");
  await page.getByText("Signature verified").waitFor();
  await page.keyboard.press("[");
  await page.keyboard.press("Enter");
  await page.waitForTimeout(100);
  assert.match(await focused(page), /Copy token/);
  await page.keyboard.press("F6");
  await page.waitForTimeout(100);
  assert.match(await focused(page), /^All credentials/);
  await page.keyboard.press("F6");
  await page.waitForTimeout(100);
  assert.equal(await focused(page), "Credentials");
  await page.keyboard.press("Control+r");
  await page.waitForTimeout(300);
  assert.ok((await page.getByText("Refreshing").count()) > 0);
});

walk("delete asks for the name in production, undo brings it back", "", async (page) => {
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  await page.waitForTimeout(100);
  await page.keyboard.press("Delete");
  const dialog = page.getByRole("dialog", { name: "Delete Payments gateway" });
  await dialog.waitFor();
  await page.waitForTimeout(100);
  assert.equal(await dialog.getByRole("button", { name: "Delete" }).isDisabled(), true);
  await page.keyboard.type("Payments gateway");
  await page.keyboard.press("Enter");
  await page.getByText("Deleted “Payments gateway”").waitFor();
  await page.waitForTimeout(200);
  assert.equal(await focused(page), "Credentials");
  await page.keyboard.press("Control+z");
  await page.waitForTimeout(200);
  assert.match(await selected(page), /^Payments gateway/);
});

walk("Delete… from the menu has the focus in its field and gives it back", "", async (page) => {
  await page.getByRole("option", { name: /^Payments gateway/ }).click();
  await page.getByRole("button", { name: "More", exact: true }).focus();
  await page.keyboard.press("Enter");
  await page.getByRole("menu").waitFor();
  await page.keyboard.press("End");
  await page.keyboard.press("Enter");
  await page.getByRole("dialog").waitFor();
  await page.waitForTimeout(200);
  await page.keyboard.type("Pay");
  assert.equal(await page.getByLabel("Production: type the name to delete").inputValue(), "Pay");
  await page.keyboard.press("Escape");
  await page.waitForTimeout(200);
  assert.equal(await focused(page), "More");
});

walk("a time tells the whole on focus", "", async (page) => {
  await page.getByRole("option", { name: /^Northwind API, production/ }).click();
  await page.getByRole("button", { name: "18\u00a0min ago" }).first().hover();
  await page.getByText(/UTC.* · \d{10} · 18\u00a0min ago/).waitFor();
});

walk("a pasted secret is never echoed and leads to the key form", "", async (page) => {
  await page.keyboard.press("Control+n");
  await page.waitForTimeout(200);
  assert.match(await focused(page), /^Search providers/);
  await page.evaluate(() => {
    const data = new DataTransfer();
    data.setData("text", `ghp_${"0FAKE".repeat(7)}0`);
    document.activeElement?.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
  });
  await page.getByText("A GitHub token, 40\u00a0characters", { exact: true }).waitFor();
  assert.equal(await page.getByLabel("Key", { exact: true }).getAttribute("type"), "password");
  assert.doesNotMatch(await page.evaluate(() => document.body.innerText), /ghp_0FAKE/);
  await page.waitForTimeout(100);
  await page.keyboard.type("Deploy token prod");
  await page.keyboard.press("Control+Enter");
  await page.waitForTimeout(300);
  assert.equal(await page.getByRole("dialog").count(), 0);
  assert.match(await selected(page), /^Deploy token prod/);
});

walk("a key that is there already can be opened", "", async (page) => {
  await page.keyboard.press("Control+n");
  await page.waitForTimeout(200);
  await page.keyboard.insertText("sk_live_00FAKE00duplicate0000000");
  await page.getByText("A Stripe key, 32\u00a0characters", { exact: true }).waitFor();
  await page.getByLabel("Name").fill("Again");
  await page.getByRole("button", { name: "Store key" }).click();
  await page.getByText("already stored").waitFor();
  assert.equal(await page.getByRole("dialog").getByText("payments", { exact: true }).count(), 0);
  await page.getByRole("button", { name: "Open it" }).click();
  await page.waitForTimeout(300);
  assert.match(await selected(page), /^Payments gateway/);
});

walk("an issuer is discovered, a sign-in started, cancelled with Esc", "?wait=60000", async (page) => {
  await page.keyboard.press("Control+n");
  await page.waitForTimeout(200);
  await page.evaluate(() => {
    const data = new DataTransfer();
    data.setData("text", "https://id.northwind.example");
    document.activeElement?.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
  });
  await page.getByText("S256 supported").waitFor();
  assert.equal(await page.getByLabel("Name").inputValue(), "Northwind API");
  await page.getByLabel("Client ID").fill("kQ2fakeClientId9");
  await page.getByText("dev", { exact: true }).last().click();
  await page.keyboard.press("Control+Enter");
  await page.getByRole("dialog", { name: "Approve in your browser" }).waitFor();
  await page.waitForTimeout(200);
  assert.match(await focused(page), /^Cancel/);
  await page.keyboard.press("Escape");
  await page.waitForTimeout(200);
  assert.equal(await page.getByRole("dialog").count(), 0);
  assert.equal(await focused(page), "Credentials");
});

walk("a code for another device is shown, the focus is on Cancel, Esc puts it away", "?device&wait=60000", async (page) => {
  await page.keyboard.press("Control+n");
  await page.getByRole("option", { name: "Custom OIDC issuer" }).click();
  await page.getByLabel("Issuer URL").fill("https://id.northwind.example");
  await page.getByLabel("Client ID").fill("kQ2fakeClientId9");
  await page.getByText("dev", { exact: true }).last().click();
  await page.getByRole("button", { name: "Sign in on another device" }).click();
  await page.getByRole("dialog", { name: "Approve on another device" }).waitFor();
  await page.getByText("WDJB-MJHT", { exact: true }).waitFor();
  await page.waitForTimeout(200);
  assert.match(await focused(page), /^Cancel/);
  assert.equal(await page.locator("a[href]").count(), 0);
  await page.keyboard.press("Escape");
  await page.waitForTimeout(200);
  assert.equal(await page.getByRole("dialog").count(), 0);
});

walk("where a client is registered no client id is asked for", "?wait=60000", async (page) => {
  await page.keyboard.press("Control+n");
  await page.getByRole("option", { name: "Custom OIDC issuer" }).click();
  await page.getByLabel("Issuer URL").fill("https://registers.northwind.example");
  await page.getByText("dev", { exact: true }).last().click();
  await page.keyboard.press("Control+Enter");
  await page.getByText("Register a client with the provider first").waitFor();
  await page.getByRole("button", { name: "Register a client for me" }).click();
  await page.keyboard.press("Control+Enter");
  await page.getByRole("dialog", { name: "Approve in your browser" }).waitFor();
});

walk("a sign-in that failed keeps the form, without the secret", "?wait=100&fail=denied", async (page) => {
  await page.keyboard.press("Control+n");
  await page.getByRole("option", { name: /^GitHub/ }).click();
  await page.getByLabel("Client ID").fill("kQ2fakeClientId9");
  await page.getByLabel("Client secret").fill("fake-client-secret");
  await page.getByText("prod", { exact: true }).last().click();
  await page.getByRole("button", { name: "Sign in with browser" }).click();
  await page.getByRole("dialog", { name: "Sign-in did not finish" }).waitFor();
  await page.getByText("User is not assigned to the client application.").waitFor();
  await page.getByRole("button", { name: "Edit settings" }).click();
  await page.waitForTimeout(300);
  assert.equal(await page.getByLabel("Client ID").inputValue(), "kQ2fakeClientId9");
  assert.equal(await page.getByLabel("Client secret").inputValue(), "");
});

walk("a finished sign-in has the focus on Copy token, and Ctrl+C copies it", "?wait=300", async (page) => {
  await page.getByRole("option", { name: /^Northwind API, production/ }).click();
  await page.getByRole("button", { name: "Sign in again" }).click();
  await page.getByRole("dialog", { name: "Signed in" }).waitFor();
  await page.waitForTimeout(200);
  assert.match(await focused(page), /^Copy token/);
  await page.keyboard.press("Control+c");
  await page.waitForTimeout(100);
  assert.match(await status(page), /^Copied/);
  await page.keyboard.press("Escape");
  await page.waitForTimeout(200);
  assert.equal(await page.getByRole("dialog").count(), 0);
  assert.match(await focused(page), /^Sign in again/);
});

walk("not https is refused before anyone is asked", "", async (page) => {
  await page.keyboard.press("Control+n");
  await page.getByRole("option", { name: /^Custom OIDC issuer/ }).click();
  await page.getByLabel("Issuer URL").fill("http://id.northwind.example");
  await page.getByText("Use https, or 127.0.0.1").waitFor();
});

walk("Unlock and copy unlocks, then copies", "?locked", async (page) => {
  await page.getByRole("option", { name: /^Northwind API, production/ }).click();
  await page.waitForTimeout(100);
  assert.equal(await page.getByText("The login keyring is locked.").count(), 1);
  await page.getByRole("button", { name: "Unlock and copy" }).click();
  await page.waitForTimeout(700);
  assert.equal(await page.getByText("The login keyring is locked.").count(), 0);
  assert.equal(await status(page), "Copied");
});

walk("the first run has the focus in the paste field", "?empty", async (page) => {
  assert.equal(await focused(page), "Paste a key, a token or an issuer URL");
  await page.keyboard.insertText("sk_test_00FAKE00notakey");
  await page.getByRole("dialog", { name: "Add API key" }).waitFor();
});

walk("one pane: a row opens the detail, Esc goes back", "?single", async (page) => {
  await page.setViewportSize({ width: 480, height: 560 });
  await page.getByRole("option", { name: /^Release signer/ }).click();
  await page.getByRole("heading", { name: "Release signer" }).waitFor();
  await page.keyboard.press("Escape");
  await page.waitForTimeout(100);
  assert.equal(await focused(page), "Credentials");
});

walk("5,000 rows keep few in the document", "?many", async (page) => {
  assert.ok((await page.getByRole("option").count()) < 60);
  await page.keyboard.press("End");
  await page.waitForTimeout(200);
  assert.match(await selected(page), /^Worker 4799/);
  assert.ok(await page.locator("#row-many-4799").isVisible());
});

const wanted = process.argv.slice(2);
const browser = await chromium.launch({
  executablePath: "/usr/bin/chromium",
  ignoreDefaultArgs: ["--hide-scrollbars"],
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"],
});
let failed = 0;
for (const one of walks) {
  if (wanted.length > 0 && !wanted.some((name) => one.name.includes(name))) continue;
  const context = await browser.newContext({ viewport: { width: 1240, height: 800 }, locale: "en-GB" });
  const page = await context.newPage();
  page.setDefaultTimeout(4000);
  const noise = [];
  page.on("console", (message) => ["error", "warning"].includes(message.type()) && noise.push(message.text()));
  page.on("pageerror", (thrown) => noise.push(thrown.message));
  try {
    await page.goto(base + one.query);
    await page.waitForTimeout(300);
    await one.steps(page);
    // The list of commands that the library draws has a style of its own, which the CSP refuses and nothing needs.
    const real = noise.filter((line) => !line.includes("404") && !line.startsWith("Applying inline style"));
    assert.deepEqual(real, []);
    console.log("ok  ", one.name);
  } catch (thrown) {
    failed += 1;
    console.log("FAIL", one.name, "\n     ", thrown instanceof Error ? thrown.message.split("\n").slice(0, 6).join("\n      ") : thrown);
  }
  await context.close();
}
await browser.close();
process.exitCode = failed === 0 ? 0 : 1;
