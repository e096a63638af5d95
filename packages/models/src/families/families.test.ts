import { describe, test } from "node:test";
import { checkFamily } from "./check-family.ts";
import { familyNames, familyOf } from "./registry.ts";

for (const name of familyNames)
  describe(`family ${name}`, () => {
    for (const law of checkFamily()) test(law.name, () => law.check(familyOf(name)));
  });
