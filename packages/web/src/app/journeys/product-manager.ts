import assert from "node:assert/strict";
import { productPhoto } from "../../testing/product-photo.ts";
import { type Persona, verdictOf } from "../../testing/persona.ts";

const name = "Shiny kettle";
const right = "Home / House / Kitchen";

/** Home is read, a photo and words are tried, the answer is understood and corrected, and the leaderboard says whom to believe. */
export async function productManagersDay(manager: Persona): Promise<void> {
  await readsHome(manager);
  await triesAPhoto(manager);
  await readsWhy(manager);
  await correctsIt(manager);
  await readsTheVerdict(manager);
}

/** Home says how good the model is, in the figures of its registry, and what made it serve. */
async function readsHome({ page, shop }: Persona): Promise<void> {
  const changed = page.getByRole("region", { name: "What changed" });
  await changed
    .getByText(/category version \d+ began to serve/)
    .first()
    .waitFor();
  const { aliases, versions } = await shop.admin.getModel({ params: { name: "category" } });
  const champion = versions.find(({ version }) => version === aliases["champion"]);
  const right = Math.round(100 * (champion?.metrics["accuracy"] ?? 0));
  assert.match(
    await verdictOf(page),
    new RegExp(
      `^The category model is right ${right} times out of 100; always giving the commonest answer`,
    ),
  );
}

async function triesAPhoto(manager: Persona): Promise<void> {
  const { page, walkTo } = manager;
  await walkTo("Try it");
  await page.setInputFiles("input[type=file]", await productPhoto(manager.shop.admin, "kettle"));
  await page.getByLabel("Name", { exact: true }).fill(name);
  await page.getByLabel("Description").fill("Boils a litre in two minutes");
  await page.getByRole("button", { name: "Ask the models" }).click();
  const category = page.getByRole("region", { name: "Category" });
  await category.getByRole("list", { name: "Text and photo together" }).waitFor();
  assert.equal(await category.getByRole("list").count(), 3, "of the text, the photo, and both");
}

async function readsWhy({ page }: Persona): Promise<void> {
  const category = page.getByRole("region", { name: "Category" });
  await category.getByRole("img", { name: /Places of the photo/ }).waitFor();
  await category.getByText(/What spoke loudest/).waitFor();
  const price = page.getByRole("region", { name: "Price" });
  await price.getByText(/cases like this one the truth lies between/).waitFor();
}

async function correctsIt({ name: who, page, shop }: Persona): Promise<void> {
  const category = page.getByRole("region", { name: "Category" });
  await category.getByRole("combobox", { name: "Right answer for category" }).fill("kitchen");
  await page.getByRole("option", { name: right, exact: true }).click();
  await category.getByRole("button", { name: "Correct it" }).click();
  await category.getByText(/the next training learns it/).waitFor();
  const { items } = await shop.admin.listCorrections({ query: { model: "category" } });
  assert.deepEqual(
    items.map((one) => [one.by, one.label]),
    [[who, right]],
  );
}

async function readsTheVerdict({ page, shop, walkTo }: Persona): Promise<void> {
  await walkTo("Leaderboard");
  const tasks = (await shop.admin.listTasks()).items;
  const title = tasks.find((task) => task.name === "category")?.title ?? "category";
  await page.getByRole("combobox", { name: "Task" }).click();
  await page.getByRole("option", { name: title, exact: true }).click();
  const places = page.getByRole("region", { name: "Places", exact: true });
  await places.getByRole("img", { name: /95 %/ }).first().waitFor();
  const { verdict } = await shop.admin.getLeaderboard({ params: { task: "category" } });
  assert.match(verdict[0] ?? "", /cannot be told apart|is best on|stands alone/);
  assert.equal((await verdictOf(page)).toLowerCase(), verdict[0]?.toLowerCase());
}
