import assert from "node:assert/strict";
import { seriousFindings } from "../../testing/accessibility.ts";
import { type Persona, verdictOf } from "../../testing/persona.ts";

const shelf = "Garden gnomes";
const title = "Gnomes by star";

/** Three good rows and, on line 4, nine stars; the columns have the names of another program. */
const file = `id,product,category,stars,helpful,total,title,review_body,date
G1,gnome,${shelf},5,0,0,Nice,"He smiles, all day",2026-01-02
G2,gnome,${shelf},5,1,2,Good,Stands in the rain,2026-01-03
G3,gnome,${shelf},9,0,0,Best,Nine stars,2026-01-03
G4,gnome,${shelf},1,0,0,Broken,The hat fell off,2026-01-04
`;

/** A file of reviews becomes rows, the bad one among them too, and the rows an answer, a chart and a line on Home. */
export async function analystsDay(analyst: Persona): Promise<void> {
  const before = await rowsOf(analyst.shop);
  await bringsInAFile(analyst, before);
  assert.equal(await rowsOf(analyst.shop), before + 3);
  await mendsTheBadRow(analyst);
  assert.equal(await rowsOf(analyst.shop), before + 4);
  await answersQuestion4(analyst);
  await savesAChart(analyst);
  await findsItAgain(analyst);
}

async function rowsOf(shop: Persona["shop"]): Promise<number> {
  return (await shop.admin.describeDataset({ params: { name: "reviews" } })).rows;
}

async function bringsInAFile({ page, shop, walkTo }: Persona, before: number): Promise<void> {
  await walkTo("Ingest");
  const buffer = Buffer.from(file);
  const chosen = { name: "reviews of gnomes.csv", mimeType: "text/csv", buffer };
  await page.locator("input[type=file]").setInputFiles(chosen);
  assert.equal(await page.getByRole("combobox", { name: "Dataset" }).inputValue(), "reviews");
  await page.getByRole("button", { name: "Look at its columns" }).click();
  const sourceOf = (column: string) =>
    page.getByRole("combobox", { name: `Source of ${column}`, exact: true });
  await sourceOf("star_rating").waitFor();
  assert.equal(await sourceOf("star_rating").inputValue(), "stars", "a name it knows");
  assert.equal(await sourceOf("review_id").inputValue(), "", "a name it does not guess");
  for (const [column, source] of [
    ["review_id", "id"],
    ["product_id", "product"],
  ] as const) {
    await sourceOf(column).click();
    await page.getByRole("option", { name: source, exact: true }).click();
  }
  assert.deepEqual(await seriousFindings(page), []);
  await page.getByRole("button", { name: "Try it without storing" }).click();
  await page
    .getByText("3 of 4 rows would be taken; 1 would be set aside to mend, most for star_rating.")
    .waitFor();
  assert.deepEqual(await seriousFindings(page), []);
  assert.equal(await rowsOf(shop), before, "nothing is stored yet");
  await page.getByRole("button", { name: "Bring in 3 rows, set 1 aside" }).click();
  await page.getByRole("link", { name: "Mend 1 row" }).waitFor();
}

async function mendsTheBadRow({ page, shop }: Persona): Promise<void> {
  await page.getByRole("link", { name: "Mend 1 row" }).click();
  await page.getByText("star_rating: expected an integer from 1 to 5, got '9'").waitFor();
  assert.deepEqual(await seriousFindings(page), []);
  await page.getByRole("textbox", { name: "star_rating" }).fill("5");
  await page.keyboard.press("Enter");
  await page.getByText("1 row replayed into reviews").waitFor();
  await page.getByText("No row waits", { exact: true }).waitFor();
  const { items } = await shop.admin.listQuarantine({ params: { name: "reviews" } });
  assert.deepEqual(items, []);
}

/** The chart's numbers hold what was brought in and mended: three of four gnomes have five stars. */
async function answersQuestion4({ page, walkTo }: Persona): Promise<void> {
  await walkTo("Questions");
  await page.getByRole("link", { name: "Star breakdown by category" }).click();
  await page.getByRole("heading", { name: "4. Star breakdown by category" }).waitFor();
  assert.match(await verdictOf(page), /^Star rating 5 takes the largest part: \d+ % for /);
  await page
    .getByRole("img", { name: /Share of stars by category/ })
    .locator("canvas")
    .waitFor();
  await page.getByRole("button", { name: "Show the numbers" }).click();
  const stars = await page.getByRole("columnheader").allTextContents();
  const gnomes = page.getByRole("row").filter({ hasText: shelf }).getByRole("cell");
  const shares = await gnomes.allTextContents();
  const shareOf = (star: string): string | undefined => shares[stars.indexOf(star)];
  assert.deepEqual(["5", "4", "1"].map(shareOf), ["0.75", "–", "0.25"]);
}

async function savesAChart({ page }: Persona): Promise<void> {
  await page.getByRole("link", { name: "Open in Explore" }).click();
  await page.getByRole("img", { name: "The answer" }).locator("canvas").waitFor();
  const kind = page.getByLabel("Chart", { exact: true }).last();
  assert.equal(await kind.inputValue(), "share-bar", "drawn as the question is");
  await page.getByRole("textbox", { name: "SQL statement" }).click();
  await page.keyboard.press("Control+a");
  // By itself Chromium would give what replaces coloured words a style attribute, and the policy would say so.
  await page.keyboard.press("Delete");
  await page.keyboard.insertText(
    `select star_rating, count(*) as gnomes from reviews where product_category = '${shelf}' group by 1 order by 1`,
  );
  await page.keyboard.press("Control+Enter");
  await page.getByRole("gridcell", { name: "3", exact: true }).waitFor();
  await page.getByRole("img", { name: "The answer" }).locator("canvas").waitFor();
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByLabel("Title").fill(title);
  await page.getByRole("dialog").getByRole("button", { name: "Save" }).click();
  await page.getByText("Saved, and on Home").waitFor();
}

async function findsItAgain({ name, page, shop, walkTo }: Persona): Promise<void> {
  await walkTo("Home");
  const pinned = page.getByRole("region", { name: "Pinned questions" });
  await pinned.getByRole("img", { name: title }).locator("canvas").waitFor();
  assert.deepEqual(await seriousFindings(page), []);
  await walkTo("Questions");
  await page.getByRole("link", { name: title }).click();
  await page.getByRole("heading", { level: 1, name: title }).waitFor();
  assert.match(await verdictOf(page), /^Gnomes: highest for 5 /);
  const { items } = await shop.admin.listSavedQuestions();
  const saved = items.filter((one) => one.title === title);
  assert.deepEqual(
    saved.map(({ by, pinned: isPinned }) => [by, isPinned]),
    [[name, true]],
  );
}
