import { SoukError } from "@souk/core";
import { familyNames, type Task } from "@souk/models";

/** The task of that name. @throws SoukError `TASK_UNKNOWN`, naming those there are. */
export function taskNamed(tasks: Readonly<Record<string, Task>>, name: string): Task {
  const task = Object.hasOwn(tasks, name) ? tasks[name] : undefined;
  if (task !== undefined) return task;
  throw new SoukError(
    "TASK_UNKNOWN",
    `expected one of the tasks ${Object.keys(tasks).join(", ")}, got "${name}"`,
  );
}

/** @throws SoukError `FAMILY_UNKNOWN` unless there is a family of that name, naming those there are. */
export function requireFamily(name: string): void {
  if (familyNames.some((known) => known === name)) return;
  throw new SoukError(
    "FAMILY_UNKNOWN",
    `expected one of the families ${familyNames.join(", ")}, got "${name}"`,
  );
}
