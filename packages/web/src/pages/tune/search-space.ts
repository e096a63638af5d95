import { type Family, shellWord, type SettingSpec } from "../learning/settings.ts";

/** What is searched of each setting, as a study's request has it. */
export type Space = Family["searched"];
export type Narrowing = Space[string];

/** All a setting may be. */
function wholeRange(spec: SettingSpec): Narrowing {
  if (spec.kind === "boolean") return { options: [false, true] };
  if (spec.kind === "choice") return { options: spec.options ?? [] };
  return {
    ...(spec.min !== undefined && { min: spec.min }),
    ...(spec.max !== undefined && { max: spec.max }),
  };
}

/** The space with just these settings: those it had as they were, others over all they may be. */
export function spaceOf(names: readonly string[], space: Space, specs: Family["settings"]): Space {
  return Object.fromEntries(
    names.flatMap((name) => {
      const spec = specs[name];
      const narrowing = space[name] ?? (spec && wholeRange(spec));
      return narrowing ? [[name, narrowing]] : [];
    }),
  );
}

/** The part of `souk tune` that says the same. */
export function spaceWords(space: Space): string {
  return Object.entries(space)
    .map(([name, { min, max, scale, options }]) => {
      const range = options
        ? options.map(String).join(",")
        : `${min}..${max}${scale === "log" ? ":log" : ""}`;
      return ` --space ${shellWord(`${name}=${range}`)}`;
    })
    .join("");
}

/** Why a space cannot be searched; undefined when it can. */
export function troubleOf(space: Space): string | undefined {
  if (Object.keys(space).length === 0) return "Choose at least one setting to search.";
  const turned = Object.entries(space).find(
    ([, { min, max }]) => min !== undefined && max !== undefined && min >= max,
  );
  return turned && `The least ${turned[0]} must be below the greatest.`;
}
