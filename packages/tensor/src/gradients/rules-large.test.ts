import { test } from "node:test";
import { checkLarge } from "./cases.ts";
import { everyCase } from "./every-case.ts";

for (const row of everyCase.filter(({ large }) => large)) {
  test(`${row.operator}, ${row.about}: the gradient holds for large shapes and any number of threads`, () =>
    checkLarge(row));
}
