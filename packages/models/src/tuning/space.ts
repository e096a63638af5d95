import { SoukError } from "@souk/core";
import { resolveSettings, type SettingSpec, type SettingValue } from "../families/settings.ts";

/** The settings of one trial: a value for every setting of the space that is active. */
export type TrialSettings = Readonly<Record<string, SettingValue>>;

/** One setting to search over. With `when` it is only there while another setting has one of the values. */
export type Dimension = {
  readonly name: string;
  readonly when?: { readonly setting: string; readonly oneOf: readonly SettingValue[] };
} & (
  | {
      readonly kind: "number";
      readonly min: number;
      readonly max: number;
      /** `log`: every factor of the range is as likely as another. */
      readonly scale: "linear" | "log";
      readonly integer: boolean;
    }
  | { readonly kind: "choice"; readonly options: readonly SettingValue[] }
);

/** What a study searches over; a dimension comes after the one its `when` names. */
export interface SearchSpace {
  readonly dimensions: readonly Dimension[];
}

/** How a setting's own range is narrowed: other ends or another scale, or only some values. */
export interface Narrowing {
  readonly min?: number;
  readonly max?: number;
  /** Default: `log` where the range is above 0 and spans a factor of at least 100, else `linear`. */
  readonly scale?: "linear" | "log";
  readonly options?: readonly SettingValue[];
  readonly when?: Dimension["when"];
}

/** Against spaces made by accident: more settings than any number of trials could tell apart. */
const MAX_DIMENSIONS = 200;
const MAX_OPTIONS = 1000;
const LOG_FROM_FACTOR = 100;

/**
 * The space of a family's settings. With `narrowed` only the settings it names are searched, `{}` standing for the
 * whole range; the others keep their defaults.
 * @throws SoukError `TUNE_SPACE` for an unknown setting or an empty range; `SETTING_INVALID` for an end or a value
 * the family would refuse.
 */
export function searchSpace(
  specs: Readonly<Record<string, SettingSpec>>,
  narrowed?: Readonly<Record<string, Narrowing>>,
): SearchSpace {
  const names = narrowed === undefined ? searchable(specs) : Object.keys(narrowed);
  return defineSpace(names.map((name) => dimensionOf(name, specs, narrowed?.[name] ?? {})));
}

/**
 * A checked space, each dimension after the one it depends on.
 * @throws SoukError `TUNE_SPACE` for no or too many dimensions, a name twice, an empty range, a log range that is not
 * above 0, an integer range with broken ends, repeated options, or a condition on a missing or circular setting.
 */
export function defineSpace(dimensions: readonly Dimension[]): SearchSpace {
  if (dimensions.length === 0 || dimensions.length > MAX_DIMENSIONS)
    throw new SoukError(
      "TUNE_SPACE",
      `expected 1..${MAX_DIMENSIONS} settings to search over, got ${dimensions.length}`,
    );
  for (const dimension of dimensions) checkDimension(dimension);
  const names = new Set(dimensions.map((d) => d.name));
  if (names.size < dimensions.length)
    throw new SoukError("TUNE_SPACE", "expected every setting once, got a name twice");
  return { dimensions: parentsFirst(dimensions) };
}

/** Whether the setting is there, given the values of those before it. */
export function isActive({ when }: Dimension, settings: TrialSettings): boolean {
  if (when === undefined) return true;
  return Object.hasOwn(settings, when.setting) && when.oneOf.includes(settings[when.setting]);
}

/** Whether `settings` has a value inside the space for every active setting, and nothing else. */
export function fitsSpace({ dimensions }: SearchSpace, settings: TrialSettings): boolean {
  const active = dimensions.filter((d) => isActive(d, settings));
  return (
    active.length === Object.keys(settings).length &&
    active.every((d) => Object.hasOwn(settings, d.name) && contains(d, settings[d.name]))
  );
}

function contains(dimension: Dimension, value: SettingValue): boolean {
  if (dimension.kind === "choice") return dimension.options.includes(value);
  return (
    typeof value === "number" &&
    value >= dimension.min &&
    value <= dimension.max &&
    (!dimension.integer || Number.isInteger(value))
  );
}

function dimensionOf(
  name: string,
  specs: Readonly<Record<string, SettingSpec>>,
  narrowing: Narrowing,
): Dimension {
  if (!Object.hasOwn(specs, name))
    throw new SoukError(
      "TUNE_SPACE",
      `no setting ${name}, expected one of: ${Object.keys(specs).join(", ") || "(none)"}`,
    );
  const spec = specs[name];
  const allowed = (value: SettingValue): void => {
    resolveSettings({ [name]: spec }, { [name]: value });
  };
  const { when, options } = narrowing;
  if (options !== undefined || spec.kind !== "number") {
    if (narrowing.min !== undefined || narrowing.max !== undefined || narrowing.scale !== undefined)
      throw new SoukError("TUNE_SPACE", `${name} is a choice: expected options, got a range`);
    const values = options ?? optionsOf(name, spec);
    values.forEach(allowed);
    return { name, when, kind: "choice", options: values };
  }
  const { min = spec.min, max = spec.max } = narrowing;
  [min, max].forEach(allowed);
  const scale = narrowing.scale ?? (min > 0 && max / min >= LOG_FROM_FACTOR ? "log" : "linear");
  return { name, when, kind: "number", min, max, scale, integer: spec.integer === true };
}

/** Texts have no range to draw from. */
function searchable(specs: Readonly<Record<string, SettingSpec>>): readonly string[] {
  return Object.keys(specs).filter((name) => specs[name].kind !== "text");
}

function optionsOf(name: string, spec: SettingSpec): readonly SettingValue[] {
  if (spec.kind === "choice") return spec.options;
  if (spec.kind === "boolean") return [false, true];
  throw new SoukError("TUNE_SPACE", `${name} is a ${spec.kind}: expected options, got none`);
}

function checkDimension(dimension: Dimension): void {
  const { name } = dimension;
  if (dimension.kind === "choice") {
    const count = dimension.options.length;
    if (count > 0 && count <= MAX_OPTIONS && new Set(dimension.options).size === count) return;
    throw new SoukError(
      "TUNE_SPACE",
      `${name}: expected 1..${MAX_OPTIONS} different options, got ${count}`,
    );
  }
  const { min, max, scale, integer } = dimension;
  const range = `${scale}${integer ? " integer" : ""} [${min}, ${max}]`;
  if (!(Number.isFinite(min) && Number.isFinite(max) && min < max))
    throw new SoukError("TUNE_SPACE", `${name}: expected a range with min below max, got ${range}`);
  if (scale === "log" && !(min > 0))
    throw new SoukError("TUNE_SPACE", `${name}: expected a log range above 0, got ${range}`);
  if (integer && !(Number.isSafeInteger(min) && Number.isSafeInteger(max)))
    throw new SoukError("TUNE_SPACE", `${name}: expected whole ends, got ${range}`);
}

function parentsFirst(dimensions: readonly Dimension[]): Dimension[] {
  const ordered: Dimension[] = [];
  const placed = new Set<string>();
  while (ordered.length < dimensions.length) {
    const ready = dimensions.filter(
      (d) => !placed.has(d.name) && (d.when === undefined || placed.has(d.when.setting)),
    );
    if (ready.length === 0) throw missingParent(dimensions, placed);
    for (const dimension of ready) placed.add(dimension.name);
    ordered.push(...ready);
  }
  return ordered;
}

function missingParent(dimensions: readonly Dimension[], placed: Set<string>): SoukError {
  const stuck = dimensions.find((d) => !placed.has(d.name));
  return new SoukError(
    "TUNE_SPACE",
    `${stuck?.name} depends on ${stuck?.when?.setting}: expected a setting of the space that does not depend on it`,
  );
}
