import type { Run } from "../learning/run-words.ts";

/** One thing the runs were told, with each run's value; undefined where a run has none. */
export interface ComparedRow<T> {
  readonly name: string;
  readonly values: readonly (T | undefined)[];
  /** True when they are not all the same. */
  readonly differs: boolean;
}

/** Params side by side, those that differ first. */
export function comparedParams(runs: readonly Run[]): readonly ComparedRow<string>[] {
  return compared(runs.map(({ params = {} }) => params));
}

/** Figures side by side: those of the test rows first, then those that differ. */
export function comparedMetrics(runs: readonly Run[]): readonly ComparedRow<number>[] {
  const rows = compared(runs.map(({ metrics = {} }) => metrics));
  const rank = ({ name }: ComparedRow<number>): number =>
    name.startsWith("test_") ? 0 : name.startsWith("seconds_") ? 2 : 1;
  return rows.toSorted((a, b) => rank(a) - rank(b));
}

function compared<T>(sides: readonly Readonly<Record<string, T>>[]): ComparedRow<T>[] {
  const names = [...new Set(sides.flatMap((side) => Object.keys(side)))];
  return names
    .map((name) => {
      const values = sides.map((side) => side[name]);
      return { name, values, differs: new Set(values).size > 1 };
    })
    .toSorted((a, b) => Number(b.differs) - Number(a.differs) || a.name.localeCompare(b.name));
}

/** One upright line of parallel coordinates. */
export interface Axis {
  readonly name: string;
  /** Words in their order, for what is no number. */
  readonly words: readonly string[] | undefined;
}

/** Where a run stands that was not told. */
const NOT_SET = "not set";
const byNumberInside = new Intl.Collator("en", { numeric: true }).compare;

/** More lines than this cannot be told apart. */
const MOST_AXES = 9;

/**
 * Parallel coordinates of runs: params that differ, then the figures of the test rows. Places are numbers, or words where a
 * value is no number or missing.
 */
export function coordinatesOf(
  runs: readonly Run[],
  figures: readonly string[],
): { readonly axes: readonly Axis[]; readonly lines: readonly (readonly (number | string)[])[] } {
  const params = comparedParams(runs).filter(({ differs }) => differs);
  const metrics = comparedMetrics(runs).filter(({ name }) => figures.includes(name));
  const rows: readonly ComparedRow<string | number>[] = [
    ...params.slice(0, MOST_AXES - metrics.length),
    ...metrics,
  ];
  const axes = rows.map(({ name, values }) => ({
    name,
    words: values.every((value) => value !== undefined && isNumber(value))
      ? undefined
      : [...new Set(values.map((value) => String(value ?? NOT_SET)))].toSorted(byNumberInside),
  }));
  const lines = runs.map((_run, side) =>
    rows.map(({ values }, place) => {
      const value = values[side];
      return axes[place]?.words ? String(value ?? NOT_SET) : Number(value);
    }),
  );
  return { axes, lines };
}

function isNumber(value: string | number): boolean {
  return typeof value === "number" || (value.trim() !== "" && Number.isFinite(Number(value)));
}
