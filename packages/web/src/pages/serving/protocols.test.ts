import assert from "node:assert/strict";
import { test } from "node:test";
import { callOf, textsOf } from "./protocols.ts";

const asked = {
  model: "stars",
  inputs: [
    { name: "body", datatype: "BYTES", value: "it's fine" },
    { name: "price", datatype: "FP64", value: "9.5" },
    { name: "headline", datatype: "BYTES", value: "" },
  ],
} as const;

test("the same row in three protocols; what was left empty is not sent", () => {
  assert.deepEqual(callOf("souk", asked).args.body, {
    rows: [{ body: "it's fine", price: 9.5 }],
    topK: 5,
  });
  assert.deepEqual(callOf("tensorflow", asked).args.body, {
    instances: [{ body: "it's fine", price: 9.5 }],
  });
  assert.deepEqual(callOf("open-inference", asked).args.body, {
    inputs: [
      { name: "body", shape: [1], datatype: "BYTES", data: ["it's fine"] },
      { name: "price", shape: [1], datatype: "FP64", data: [9.5] },
    ],
  });
});

test("a version is named in the address of the other two protocols and in the body of Souk's", () => {
  const versioned = { ...asked, version: 3 };
  const address = (protocol: "tensorflow" | "open-inference") =>
    textsOf(callOf(protocol, versioned), "http://shop").curl.split("'")[1];
  assert.equal(address("tensorflow"), "http://shop/v1/models/stars/versions/3:predict");
  assert.equal(address("open-inference"), "http://shop/v2/models/stars/versions/3/infer");
  assert.match(textsOf(callOf("souk", versioned), "http://shop").curl, /"version":3/);
});
