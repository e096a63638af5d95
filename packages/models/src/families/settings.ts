import { SoukError } from "@souk/core";

/** One value a family can be tuned by. */
export type SettingValue = string | number | boolean;

/** What a setting may be and is by default. */
export type SettingSpec =
  | {
      readonly kind: "number";
      readonly default: number;
      readonly min: number;
      readonly max: number;
      readonly integer?: boolean;
      readonly description: string;
    }
  | { readonly kind: "boolean"; readonly default: boolean; readonly description: string }
  | {
      readonly kind: "choice";
      readonly default: string;
      readonly options: readonly string[];
      readonly description: string;
    }
  /** Any text of at most 200 characters, as a name that the configuration gives. */
  | { readonly kind: "text"; readonly default: string; readonly description: string };

const LONGEST_TEXT = 200;

/** Settings as given, checked, with the defaults filled in. */
export interface Settings {
  readonly values: Readonly<Record<string, SettingValue>>;
  number(name: string): number;
  choice(name: string): string;
  text(name: string): string;
  flag(name: string): boolean;
}

/** @throws SoukError `SETTING_UNKNOWN` or `SETTING_INVALID`, naming the setting and what it may be. */
export function resolveSettings(
  specs: Readonly<Record<string, SettingSpec>>,
  given: Readonly<Record<string, SettingValue>> = {},
): Settings {
  for (const name of Object.keys(given))
    if (!Object.hasOwn(specs, name))
      throw new SoukError(
        "SETTING_UNKNOWN",
        `no setting ${name}, expected one of: ${Object.keys(specs).join(", ") || "(none)"}`,
      );
  const values: Record<string, SettingValue> = {};
  for (const [name, spec] of Object.entries(specs))
    values[name] = checked(name, spec, given[name] ?? spec.default);
  return {
    values,
    number: (name) => Number(values[name]),
    choice: (name) => String(values[name]),
    text: (name) => String(values[name]),
    flag: (name) => values[name] === true,
  };
}

function checked(name: string, spec: SettingSpec, value: SettingValue): SettingValue {
  const wanted = allowed(spec);
  const fits =
    (spec.kind === "boolean" && typeof value === "boolean") ||
    (spec.kind === "text" && typeof value === "string" && value.length <= LONGEST_TEXT) ||
    (spec.kind === "choice" && typeof value === "string" && spec.options.includes(value)) ||
    (spec.kind === "number" &&
      typeof value === "number" &&
      value >= spec.min &&
      value <= spec.max &&
      (spec.integer !== true || Number.isInteger(value)));
  if (fits) return value;
  throw new SoukError("SETTING_INVALID", `setting ${name}: expected ${wanted}, got ${value}`);
}

function allowed(spec: SettingSpec): string {
  if (spec.kind === "boolean") return "true or false";
  if (spec.kind === "text") return `a text of at most ${LONGEST_TEXT} characters`;
  if (spec.kind === "choice") return `one of ${spec.options.join(", ")}`;
  return `${spec.integer === true ? "an integer" : "a number"} in [${spec.min}, ${spec.max}]`;
}
