import assert from "node:assert/strict";
import test from "node:test";
import type { ServedModel } from "../../parts/answering/served-model.ts";
import { currencyOf, forModel, needsOf, rowOf, subjectsOf } from "./inputs.ts";

function modelOf(
  model: string,
  dataset: string,
  kinds: Readonly<Record<string, string>>,
): ServedModel {
  const inputs = Object.entries(kinds).map(([name, kind]) => ({ name, kind, required: false }));
  const output = { name: "y", kind: "class" };
  return {
    model,
    version: 1,
    family: "f",
    task: model,
    dataset,
    inputs,
    output,
    comparables: false,
  };
}
const stars = modelOf("stars", "reviews", { body: "text" });
const price = modelOf("price", "products", {
  currency: "category",
  name: "text",
  weight: "number",
});
const category = modelOf("category", "products", { name: "text", photo: "image" });
const file = new File(["x"], "a.jpg");

test("models are grouped by what they are about, products first, each input once and photos first", () => {
  const subjects = subjectsOf([stars, price, category]);
  assert.deepEqual(
    subjects.map(({ title, inputs }) => [title, inputs.map(({ name }) => name)]),
    [
      ["A product", ["photo", "name", "currency", "weight"]],
      ["A review", ["body"]],
    ],
  );
});

test("a model is given its own inputs alone, and is not asked when none of them was given", () => {
  const given = {
    fields: { name: "mug", weight: "2.5", body: " " },
    photo: { input: "photo", file },
  };
  assert.deepEqual(forModel(price, given)?.fields, { name: "mug", weight: "2.5" });
  assert.equal(forModel(price, given)?.photo, undefined);
  assert.equal(forModel(category, given)?.photo?.file, file);
  assert.equal(forModel(stars, given), undefined);
});

test("numbers of a row are numbers, and a currency is three letters", () => {
  assert.deepEqual(rowOf(price, { fields: { name: "7", weight: "2.5" } }), {
    name: "7",
    weight: 2.5,
  });
  assert.equal(currencyOf({ fields: { currency: " gbp" } }), "GBP");
  assert.equal(currencyOf({ fields: { currency: "pounds" } }), undefined);
});

test("a model that was not asked says what it needs", () => {
  assert.equal(needsOf(category), "Needs name or a photo");
  assert.equal(needsOf(stars), "Needs body");
});
