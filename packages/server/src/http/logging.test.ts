import assert from "node:assert/strict";
import test from "node:test";
import { createLogger } from "./logging.ts";

test("secrets are hidden at the top and two levels down; an error keeps its code and loses its details", () => {
  let line = "";
  const log = createLogger({ destination: { write: (text) => (line += text) } });
  const err = Object.assign(new Error("broken"), {
    code: "SOME_CODE",
    details: { row: "private row" },
  });
  log.info(
    { password: "s3cret", a: { token: "s3cret", b: { authorization: "s3cret" } }, err },
    "hello",
  );
  assert.ok(!line.includes("s3cret"));
  assert.ok(!line.includes("private row"));
  assert.ok(line.includes("SOME_CODE"));
});
