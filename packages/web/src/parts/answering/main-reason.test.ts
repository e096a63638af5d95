import assert from "node:assert/strict";
import { test } from "node:test";
import { mainReason, unknownTexts } from "./main-reason.ts";

const sides = ["For Kitchen", "Against Kitchen"] as const;
const word = (text: string, contribution: number, input = "name") => ({
  input,
  text,
  from: 0,
  to: text.length,
  contribution,
});

test("the strongest reason is named with its side, a mark of punctuation never is", () => {
  const tokens = [word("Shiny", 0.1), word("broken", -0.4), word("!", 0.9)];
  assert.equal(
    mainReason({ tokens, features: [], images: [] }, sides),
    "What spoke loudest: the word “broken” (against Kitchen).",
  );
});

test("words that the model never learnt are no reason, nor is the text they stand in", () => {
  const tokens = [word("Boils", 0), word("kettle", 0)];
  const features = [{ input: "name", value: null, contribution: 0.46 }];
  const guesses =
    "The model learnt none of these words: it says what it says of anything it does not know.";
  assert.equal(mainReason({ tokens, features: [], images: [] }, sides), guesses);
  assert.equal(mainReason({ tokens, features, images: [] }, sides), guesses);
  const known = [...features, { input: "location", value: "Jakarta", contribution: 0.1 }];
  assert.equal(
    mainReason({ tokens, features: known, images: [] }, sides),
    "What spoke loudest: location (for Kitchen).",
  );
  assert.equal(
    mainReason({ tokens: [], features: [], images: [] }, sides),
    "Nothing of what was given moved the answer.",
  );
});

test("a text is unknown when none of its words moved the answer", () => {
  const tokens = [word("Shiny", 0), word("kettle", 0.2), word("Boils", 0, "description")];
  assert.deepEqual([...unknownTexts({ tokens })], ["description"]);
});
