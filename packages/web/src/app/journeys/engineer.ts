import assert from "node:assert/strict";
import type { Persona } from "../../testing/persona.ts";

const model = "star-rating";
/** Longer at school and with more room for each word: enough to pass the gate, and to be watched. */
const settings = [
  ["epochs", "60"],
  ["patience", "60"],
  ["dim", "32"],
] as const;
const reason = "wider, and longer at school";
const regret = "support says it sounds too sure";

/** A training is started and watched, compared with what serves, promoted with a reason and taken back with another. */
export async function engineersDay(engineer: Persona): Promise<void> {
  await startsATraining(engineer);
  await watchesItsCurves(engineer);
  await compares(engineer);
  await promotes(engineer);
  await rollsBack(engineer);
}

async function startsATraining({ page, walkTo }: Persona): Promise<void> {
  await walkTo("Runs");
  await page.getByRole("button", { name: "Start a training" }).click();
  const form = page.getByRole("dialog", { name: "Start a training" });
  await form.getByRole("button", { name: /^Settings: \d+, all by default/ }).click();
  for (const [setting, value] of settings)
    await form.getByLabel(setting, { exact: true }).fill(value);
  await form.getByRole("switch", { name: /Let it serve/ }).uncheck({ force: true });
  await form.getByText("npx souk train", { exact: false }).getByText("epochs=60").waitFor();
  await form.getByRole("button", { name: "Train", exact: true }).click();
  await page.getByRole("heading", { level: 1, name: "star-rating ngram" }).waitFor();
}

async function watchesItsCurves({ page }: Persona): Promise<void> {
  const loss = page.getByRole("button", { name: /^train\.loss/ });
  const first = await loss.textContent();
  await page.waitForFunction(
    (was) =>
      [...document.querySelectorAll("button")].some(
        ({ textContent }) => textContent?.startsWith("train.loss") && textContent !== was,
      ),
    first,
  );
  await page.getByText(/^Accuracy [\d.]+ % on \d+ rows it never saw/).waitFor();
  await page.getByRole("region", { name: "Figures on test rows" }).waitFor();
  await page.getByText("npx souk train star-rating --family ngram").waitFor();
}

async function compares({ page, walkTo }: Persona): Promise<void> {
  await walkTo("Runs");
  const mine = page.getByRole("row").filter({ hasText: "star-rating ngram" });
  for (const place of [0, 1]) await mine.nth(place).getByRole("checkbox").click();
  await page.getByRole("button", { name: "Compare 2" }).click();
  await page.getByText(/ has the best accuracy: /).waitFor();
  await page
    .getByRole("figure", { name: /of each run by step/ })
    .locator("canvas")
    .waitFor();
  for (const [, value] of settings)
    await page.getByRole("cell", { name: value, exact: true }).first().waitFor();
}

async function promotes({ page, shop, walkTo }: Persona): Promise<void> {
  await walkTo("Registry");
  await page.getByText("Waiting for a decision: star-rating version 2.").waitFor();
  await page.getByRole("gridcell", { name: model }).first().click();
  await page.getByRole("heading", { level: 1, name: model }).waitFor();
  await page
    .getByRole("grid", { name: `versions of ${model}` })
    .getByRole("row")
    .nth(1)
    .click();
  await page.getByRole("heading", { level: 1, name: `${model} version 2` }).waitFor();
  await page.getByRole("button", { name: "Promote" }).click();
  const dialog = page.getByRole("dialog");
  await dialog
    .getByText(/The gate/)
    .first()
    .waitFor();
  await dialog.getByLabel("Why this version?").fill(reason);
  await dialog.getByRole("button", { name: "Promote" }).click();
  await page.getByText(/This version serves/).waitFor();
  assert.equal(await serving(shop), 2);
}

async function rollsBack({ name, page, shop }: Persona): Promise<void> {
  await page.getByRole("button", { name: "Roll back" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("What went wrong?").fill(regret);
  await dialog.getByRole("button", { name: "Roll back" }).click();
  await page.getByText(/It is approved\. .* version 1, which serves/).waitFor();
  assert.equal(await serving(shop), 1);
  const { items } = await shop.admin.modelLog({ params: { name: model } });
  assert.deepEqual(
    items.slice(0, 2).map((one) => [one.kind, one.version, one.by, one.reason]),
    [
      ["rollback", 1, name, regret],
      ["promote", 2, name, reason],
    ],
  );
}

async function serving({ admin }: Persona["shop"]): Promise<number | undefined> {
  return (await admin.getModel({ params: { name: model } })).aliases["champion"];
}
