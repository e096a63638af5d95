import { describe, test } from "node:test";
import { checkFamily } from "./check-family.ts";
import { familyNames, familyOf } from "./registry.ts";

for (const name of familyNames) {
  const family = familyOf(name);
  // What is kept after two epochs is kept after twenty; how good a family is, is tried with its own settings.
  const quick: Record<string, number | string> = {
    ...("epochs" in family.settings ? { epochs: 2 } : {}),
    ...("fusion" in family.settings ? { fusion: "weights" } : {}),
  };
  // Photos as small as the drawn ones, so that a network from zero learns them in seconds.
  const always: Record<string, number> =
    "augment" in family.settings
      ? { size: 16, augment: 0, lr: 0.01, epochs: 5, batchSize: 50 }
      : {};
  // Networks train in threads of their own, so laws can be checked side by side.
  describe(`family ${name}`, { concurrency: 4 }, () => {
    for (const law of checkFamily(quick, always)) test(law.name, () => law.check(family));
  });
}
