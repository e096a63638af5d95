import { SoukError } from "@souk/core";
import { describeFamilies, familiesFor, familySpace, type Task } from "@souk/models";
import { taskNamed } from "../jobs/task-named.ts";
import type { Souk } from "../souk-interface.ts";

/** The tasks of a shop, and what can learn them. */
export function createTasks(tasks: Readonly<Record<string, Task>>): Souk["tasks"] {
  return {
    list: () => Object.values(tasks),
    families(name) {
      const fitting = name === undefined ? undefined : new Set(familiesFor(taskNamed(tasks, name)));
      return describeFamilies()
        .filter((family) => fitting?.has(family.name) ?? true)
        .map((family) => ({ ...family, searched: searchedOf(family.name) }));
    },
  };
}

/** A family without anything to search has none. */
function searchedOf(family: string): string[] {
  try {
    return familySpace(family).dimensions.map(({ name }) => name);
  } catch (thrown) {
    if (thrown instanceof SoukError && thrown.code === "TUNE_SPACE") return [];
    throw thrown;
  }
}
