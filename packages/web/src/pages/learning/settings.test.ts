import assert from "node:assert/strict";
import { test } from "node:test";
import { changedSettings, type Family, firstFamily, trainLine } from "./settings.ts";

const specs: Family["settings"] = {
  lr: { kind: "number", default: 0.1, min: 0, max: 1, description: "" },
  balance: { kind: "choice", default: "none", options: ["none", "sqrt"], description: "" },
};

function family(name: string): Family {
  return { name, summary: "", inputKinds: [], settings: specs, searched: {} };
}

test("only what differs from the defaults is sent, and nothing the family does not know", () => {
  assert.deepEqual(changedSettings(specs, { lr: 0.1, balance: "sqrt", depth: 3 }), {
    balance: "sqrt",
  });
});

test("n-grams come first where they can learn the task, else the simplest that learns", () => {
  assert.equal(firstFamily([family("baseline"), family("linear"), family("ngram")]), "ngram");
  assert.equal(firstFamily([family("baseline"), family("image")]), "image");
  assert.equal(firstFamily([]), "");
});

test("the line of the command says what was chosen and no defaults, in quotes where a shell needs them", () => {
  const line = { task: "price", family: "linear", seed: 1, settings: {}, promote: true };
  assert.equal(trainLine(line), "npx souk train price --family linear");
  assert.equal(
    trainLine({ ...line, seed: 7, settings: { lr: 0.2, words: "a b's" }, promote: false }),
    String.raw`npx souk train price --family linear --seed 7 --set lr=0.2 --set 'words=a b'\''s' --no-promote`,
  );
});
