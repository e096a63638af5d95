import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, describe, test } from "node:test";
import { createClient } from "@souk/api";
import type { Browser, Page } from "playwright-core";
import { seriousFindings } from "../../testing/accessibility.ts";
import { logInAs, noChromium, openBrowser, openPage } from "../../testing/browser.ts";
import { password, type RunningShop, startShopWithPeople } from "../../testing/running-shop.ts";

const hostile = `<img src=x onerror="window.wasRun=true">`;

describe("operating a shop", { skip: noChromium }, () => {
  let shop: RunningShop;
  let browser: Browser;
  before(async () => {
    [shop, browser] = await Promise.all([startShopWithPeople({ reviews: 1000 }), openBrowser()]);
  });
  after(async () => {
    await browser?.close();
    await shop?.close();
  });

  async function open(path: string, username = "admin") {
    const watched = await openPage(browser);
    await logInAs(watched.page, { url: shop.url, username, password, path });
    return watched;
  }

  /** The status the server answers a key with. */
  async function statusOf(secret: string, path = "/api/v1/models"): Promise<number> {
    const headers = { authorization: `Bearer ${secret}` };
    return (await fetch(`${shop.url}${path}`, { headers })).status;
  }

  async function makeKey(page: Page, name: string): Promise<string> {
    await page.getByRole("button", { name: "New key" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("What is it for?").fill(name);
    await dialog.getByRole("checkbox", { name: "models:read" }).check();
    await dialog.getByRole("button", { name: "Make the key" }).click();
    const shown = dialog.getByLabel("secret of the key", { exact: true });
    await shown.waitFor();
    assert.deepEqual(await seriousFindings(page), []);
    const secret = (await shown.textContent()) ?? "";
    await dialog.getByRole("button", { name: "I have kept it" }).click();
    await dialog.waitFor({ state: "detached" });
    return secret;
  }

  test("a person is added and may log in; a wrong password for them is refused in words", async () => {
    const { page, context } = await open("/admin");
    await page.getByRole("button", { name: "Add a person" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Username").fill("dora");
    await dialog.getByLabel("First password").fill("short");
    await dialog.getByRole("button", { name: "Add" }).click();
    await dialog.getByRole("alert").getByText("AUTH_PASSWORD_WEAK").waitFor();
    await dialog.getByLabel("First password").fill("a password of dora");
    await dialog.getByRole("button", { name: "Add" }).click();
    await dialog.waitFor({ state: "detached" });
    await page.getByRole("grid", { name: "people" }).getByText("dora").waitFor();
    const dora = createClient({ baseUrl: shop.url });
    const body = { username: "dora", password: "a password of dora" };
    assert.equal((await dora.login({ body })).role, "analyst");
    await context.close();
  });

  test("a key is shown once, works within its scopes, and stops when it is revoked", async () => {
    const { page, context, troubles } = await open("/admin?tab=keys");
    const secret = await makeKey(page, hostile);
    assert.match(secret, /^souk_/);
    assert.equal(await statusOf(secret), 200);
    assert.equal(await statusOf(secret, "/api/v1/users"), 403);
    await page.reload();
    const keys = page.getByRole("grid", { name: "API keys" });
    await keys.getByText(hostile).waitFor();
    assert.ok(!(await page.content()).includes(secret), "the secret is gone");
    await keys.getByRole("button", { name: `Revoke ${hostile}` }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Revoke" }).click();
    await keys.getByText("revoked").waitFor();
    assert.equal(await statusOf(secret), 401);
    assert.equal(await page.evaluate("window.wasRun"), undefined);
    assert.deepEqual(troubles, []);
    await context.close();
  });

  test("the audit log is filtered in the address and taken away as CSV", async () => {
    const { page, context } = await open("/admin?tab=audit&actor=admin&action=key.revoke");
    const log = page.getByRole("grid", { name: "audit log" });
    await log.getByRole("gridcell", { name: "key.revoke" }).waitFor();
    assert.equal(await log.getByRole("row").count(), 2, "titles and one entry");
    await log.focus();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await page.getByRole("dialog").getByText("127.0.0.1").waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Export" }).click();
    const [file] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("menuitem", { name: "CSV" }).click(),
    ]);
    const lines = (await readFile(await file.path(), "utf8")).trim().split("\r\n");
    assert.equal(lines.length, 2);
    assert.match(lines[1] ?? "", /,admin,key\.revoke,key_/);
    await page.locator("input").and(page.getByLabel("Action")).fill("nothing.like.this");
    await page.getByText("Nothing like this happened").waitFor();
    assert.match(page.url(), /action=nothing\.like\.this/);
    await context.close();
  });

  test("what was served yesterday at noon: nothing in a shop of today", async () => {
    const { page, context } = await open("/registry", "operator");
    await page.getByRole("button", { name: "Yesterday at noon" }).click();
    const nothing = page.getByRole("status", { name: "What served" });
    await nothing.getByText(/Nothing served at .* 12:00/).waitFor();
    await nothing.getByText(/The first version began to serve at/).waitFor();
    assert.match(page.url(), /at=\d{4}-\d\d-\d\dT12%3A00%3A00/);
    await context.close();
  });

  test("logins are ended, health is looked at, a backup is made", async () => {
    const { page, context } = await open("/admin?tab=sessions");
    const logins = page.getByRole("grid", { name: "logins" });
    await logins.getByRole("button", { name: /^End the login of dora/ }).click();
    await page.getByRole("dialog").getByRole("button", { name: "End it" }).click();
    await logins.getByText("dora").waitFor({ state: "detached" });
    await page.getByRole("tab", { name: "System" }).click();
    await page.getByText("souk.sqlite is sound").waitFor();
    await page.getByRole("button", { name: "Back up now" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Back up" }).click();
    await page.getByText(/^backups\//).waitFor();
    assert.equal((await shop.admin.listBackups()).items.length, 1);
    await context.close();
  });

  test("an operator sees the system alone, a viewer nothing of it, and each their own keys", async () => {
    const operator = await open("/admin", "operator");
    await operator.page.getByText("souk.sqlite is sound").waitFor();
    assert.equal(await operator.page.getByRole("tab").count(), 1);
    assert.equal(await operator.page.getByRole("button", { name: "Back up now" }).count(), 0);
    await operator.page.goto(`${shop.url}/admin?tab=audit`);
    await operator.page.getByText("audit:read").waitFor();
    await operator.context.close();

    const viewer = await open("/admin", "viewer");
    await viewer.page.getByText("system:read").waitFor();
    await viewer.page.goto(`${shop.url}/account`);
    const secret = await makeKey(viewer.page, "my own");
    assert.equal(await statusOf(secret), 200);
    await viewer.context.close();
  });
});
