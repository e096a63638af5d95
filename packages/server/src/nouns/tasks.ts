import { SoukError } from "@souk/core";
import {
  describeFamilies,
  type Dimension,
  familiesFor,
  familySpace,
  type Narrowing,
  type Task,
} from "@souk/models";
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

/** A family without anything to search has nothing. */
function searchedOf(family: string): Record<string, Narrowing> {
  try {
    return Object.fromEntries(
      familySpace(family).dimensions.map((dimension) => [dimension.name, narrowingOf(dimension)]),
    );
  } catch (thrown) {
    if (thrown instanceof SoukError && thrown.code === "TUNE_SPACE") return {};
    throw thrown;
  }
}

function narrowingOf(dimension: Dimension): Narrowing {
  if (dimension.kind === "choice") return { options: dimension.options };
  const { min, max, scale } = dimension;
  return { min, max, scale };
}
