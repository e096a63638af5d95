import { describe, test } from "node:test";
import { checkFamily } from "./check-family.ts";
import { familyNames, familyOf } from "./registry.ts";

for (const name of familyNames)
  // Networks train in threads of their own, so laws can be checked side by side.
  describe(`family ${name}`, { concurrency: 4 }, () => {
    for (const law of checkFamily()) test(law.name, () => law.check(familyOf(name)));
  });
