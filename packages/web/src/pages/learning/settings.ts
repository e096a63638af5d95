import type { RouteAnswer } from "@souk/api";
import { inShell } from "../../parts/call-text.ts";

export type Family = RouteAnswer<"listFamilies">["items"][number];
export type SettingSpec = Family["settings"][string];
export type SettingValue = string | number | boolean;
/** Settings by name. */
export type Settings = Readonly<Record<string, SettingValue>>;

/** Those that are not the family's own defaults: what there is to send. */
export function changedSettings(specs: Family["settings"], given: Settings): Settings {
  return Object.fromEntries(
    Object.entries(given).filter(
      ([name, value]) => specs[name] !== undefined && specs[name].default !== value,
    ),
  );
}

/** The family to begin with: n-grams where they can learn the task, else the simplest that learns. */
export function firstFamily(families: readonly Family[]): string {
  const names = families.map(({ name }) => name);
  return names.includes("ngram") ? "ngram" : (names.find((name) => name !== "baseline") ?? "");
}

/** One word for a shell, in quotes where it needs them. */
export function shellWord(word: string): string {
  return /^[\w.,:=/@+-]+$/.test(word) ? word : inShell(word);
}

/** The `souk train` line that asks for the same training. */
export function trainLine({
  task,
  family,
  seed,
  settings,
  promote,
}: {
  task: string;
  family: string;
  seed: number;
  settings: Settings;
  promote: boolean;
}): string {
  const set = Object.entries(settings).map(
    ([name, value]) => `--set ${shellWord(`${name}=${value}`)}`,
  );
  const words = [
    `npx souk train ${shellWord(task)} --family ${shellWord(family)}`,
    seed === 1 ? "" : `--seed ${seed}`,
    ...set,
    promote ? "" : "--no-promote",
  ];
  return words.filter(Boolean).join(" ");
}
