import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Browser } from "playwright-core";
import { seriousFindings } from "../../testing/accessibility.ts";
import { logInAs, noChromium, openBrowser, openPage } from "../../testing/browser.ts";
import { tabTo } from "../../testing/keyboard.ts";
import { password, type RunningShop, startShopWithPeople } from "../../testing/running-shop.ts";

const hostile = `<img src=x onerror="window.wasRun=true">`;
const model = "star-rating";

describe("deciding which version serves", { skip: noChromium }, () => {
  let shop: RunningShop;
  let browser: Browser;
  before(async () => {
    [shop, browser] = await Promise.all([startShopWithPeople({ reviews: 1000 }), openBrowser()]);
    // Always the commonest star: it cannot beat the baseline, for it is the baseline.
    const body = { task: model, family: "baseline", seed: 1, promote: false };
    const { id } = await shop.admin.startTraining({ body });
    for await (const event of shop.admin.jobEvents({ params: { id } })) void event;
  });
  after(async () => {
    await browser?.close();
    await shop?.close();
  });

  async function open(path: string, username = "operator") {
    const watched = await openPage(browser);
    await logInAs(watched.page, { url: shop.url, username, password, path });
    return watched;
  }

  test("a version is found and promoted with the keyboard alone, against the gate only when one says so", async () => {
    const { page, context, troubles } = await open("/registry");
    await page.getByText("Waiting for a decision: star-rating version 2.").waitFor();
    await tabTo(page, page.getByRole("grid", { name: "models" }));
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await tabTo(page, page.getByRole("grid", { name: "versions of star-rating" }));
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "star-rating version 2" }).waitFor();
    await tabTo(page, page.getByRole("button", { name: "Promote" }));
    await page.keyboard.press("Enter");

    const dialog = page.getByRole("dialog");
    await dialog.getByText("The gate would not let it through").waitFor();
    assert.deepEqual(await seriousFindings(page), []);
    await tabTo(page, dialog.getByLabel("Why this version?"));
    await page.keyboard.type("to see what happens");
    await tabTo(page, dialog.getByRole("button", { name: "Promote" }));
    await page.keyboard.press("Enter");
    await dialog.getByRole("alert").getByText("TRACKING_GATE_FAILED").waitFor();
    await tabTo(page, dialog.getByRole("checkbox", { name: /all the same/ }));
    await page.keyboard.press("Space");
    await tabTo(page, dialog.getByRole("button", { name: "Promote" }));
    await page.keyboard.press("Enter");
    await dialog.waitFor({ state: "detached" });
    await page.getByText(/This version serves; .* It was promoted against the gate\./).waitFor();
    const { aliases } = await shop.admin.getModel({ params: { name: model } });
    assert.deepEqual(aliases, { champion: 2 });
    // The browser itself reports the refused promotion.
    assert.deepEqual(
      troubles.filter((trouble) => !/422|409/.test(trouble)),
      [],
    );
    await context.close();
  });

  test("it is rolled back with a reason, and the log, the lineage and the picker tell so", async () => {
    const { page, context } = await open(`/registry/${model}/2`);
    await page.getByRole("button", { name: "Roll back" }).click();
    const dialog = page.getByRole("dialog");
    const button = dialog.getByRole("button", { name: "Roll back" });
    assert.equal(await button.isDisabled(), true, "without a reason");
    await dialog.getByLabel("What went wrong?").fill(hostile);
    await button.click();
    await dialog.waitFor({ state: "detached" });
    await page.getByText(/It is approved\. .* version 1, which serves/).waitFor();
    await page.getByText(/champion from .* until (?!now)/).waitFor();
    await page.goto(`${shop.url}/registry/${model}`);
    const log = page.getByRole("grid", { name: "promotion log" });
    await log.getByText("star-rating went back to version 1 instead of version 2").waitFor();
    await log.getByText(hostile).first().waitFor();
    await log.getByText("overruled").waitFor();
    const served = page.getByRole("status", { name: "What served" });
    await served
      .getByRole("heading", { name: "star-rating version 1 served as champion" })
      .waitFor();
    await served.getByText(hostile).waitFor();
    assert.equal(await page.evaluate("window.wasRun"), undefined);
    const { items } = await shop.admin.modelLog({ params: { name: model } });
    assert.deepEqual(
      items.slice(0, 2).map(({ kind, version, by, forced }) => [kind, version, by, forced]),
      [
        ["rollback", 1, "operator", false],
        ["promote", 2, "operator", true],
      ],
    );
    await context.close();
  });

  test("a rejected version tells who and why, and can be promoted no more", async () => {
    const { page, context } = await open(`/registry/${model}/2`);
    await page.getByRole("button", { name: "Reject" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("What is wrong with it?").fill(`It says five stars to ${hostile}`);
    await dialog.getByRole("button", { name: "Reject" }).click();
    await page.getByText(`Rejected by operator: It says five stars to ${hostile}`).waitFor();
    assert.equal(await page.getByRole("button", { name: "Promote" }).count(), 0);
    assert.equal(await page.evaluate("window.wasRun"), undefined);
    await context.close();
  });

  test("a viewer sees versions, lineage and gate, but no button that decides, and no corrections", async () => {
    const { page, context } = await open(`/registry/${model}/1`, "viewer");
    await page.getByText("beats the baseline").waitFor();
    await page.getByRole("link", { name: /^reviews version/ }).waitFor();
    for (const name of ["Promote", "Roll back", "Approve", "Reject", "Ask it now"])
      assert.equal(await page.getByRole("button", { name }).count(), 0, name);
    await page.goto(`${shop.url}/registry/${model}`);
    const corrections = page.getByRole("region", { name: "Corrections" });
    await corrections.getByText("predictions:read").waitFor();
    await context.close();
  });

  test("a version that is none, and a model that is none, say so", async () => {
    const { page, context } = await open(`/registry/${model}/99`, "viewer");
    await page.getByText("There is no such version").waitFor();
    await page.goto(`${shop.url}/registry/nothing`);
    await page.getByText(/There is no model/).waitFor();
    await context.close();
  });
});
