import { canonicalJson } from "@souk/core";
import type { Proposal, Sampler } from "./sampler.ts";

/**
 * `sampler` with `first` as trial 0, such as the default settings, which need not lie inside the space. The sampler is
 * told how it ended; what it proposes of the very same settings is passed over once.
 */
export function startWith(sampler: Sampler, first: Proposal): Sampler {
  const same = canonicalJson(first);
  let asked = false;
  return {
    description: { ...sampler.description, first },
    ask(trial) {
      if (!asked) {
        asked = true;
        return first;
      }
      const next = sampler.ask(trial);
      const isFirst = typeof next !== "string" && canonicalJson(next) === same;
      return isFirst ? sampler.ask(trial) : next;
    },
    tell: (outcome) => sampler.tell(outcome),
  };
}
