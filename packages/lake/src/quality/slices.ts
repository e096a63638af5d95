import { quoteLiteral, quoteName } from "../quoting.ts";
import { askSide, relation, type Side } from "./distribution.ts";
import type { ColumnDrift } from "./drift.ts";
import { asNumber } from "./profile.ts";

/** Categories and words that are cells of their own; the others share one. */
const NAMED = { category: 50, text: 200 } as const;
/** Texts of all steps together that are split into words; deterministic, by the hash of the text. */
const TEXTS = 20_000;
const DECILES = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];

/** Rows of a side, and how many of them have a value, by column. */
export interface Filled {
  readonly rows: number;
  readonly filled: Readonly<Record<string, number>>;
}

/** How a column falls into cells: the first is for rows without a value; of names the second is for all that have no cell. */
export type CellCut =
  | { readonly kind: "number"; readonly name: string; readonly edges: readonly number[] }
  | { readonly kind: "category"; readonly name: string; readonly named: readonly string[] }
  | {
      readonly kind: "text";
      readonly name: string;
      readonly named: readonly string[];
      /** Of so many texts one is split. */
      readonly every: number;
    };

/**
 * Cells made of the reference and of the newest side: deciles of its numbers, the commonest categories or words of both.
 * @param column `filled`: rows with a value in all sides together.
 */
export async function cellsOf(
  reference: Side,
  sides: readonly Side[],
  { name, kind, filled }: { name: string; kind: ColumnDrift["kind"]; filled: number },
): Promise<CellCut> {
  if (kind === "number") return { kind, name, edges: await decilesOf(reference, name) };
  const every = Math.max(1, Math.ceil(filled / TEXTS));
  const newest = sides.at(-1);
  // All rows of the newest version, whatever its period.
  const whole = newest ? [{ ...newest, where: "true" }] : [];
  const named = new Set<string>();
  for (const side of [reference, ...whole])
    for (const value of await commonest(side, { name, kind, every })) named.add(value);
  return kind === "text"
    ? { kind, name, named: [...named], every }
    : { kind, name, named: [...named] };
}

async function decilesOf(side: Side, name: string): Promise<number[]> {
  const c = `${quoteName(name)}::double`;
  const { rows } = await askSide(
    side,
    `select quantile_disc(${c}, [${DECILES.join(", ")}]) from ${relation(side)} and ${c} is not null and not isnan(${c})`,
  );
  const edges = rows[0]?.[0];
  return Array.isArray(edges) ? [...new Set(edges.map(asNumber))] : [];
}

async function commonest(
  side: Side,
  { name, kind, every }: { name: string; kind: "category" | "text"; every: number },
): Promise<string[]> {
  const values = valuesSql(side, { name, kind, every }, "0");
  const { rows } = await askSide(
    side,
    `select value from (${values}) as found where value is not null group by 1 order by count(*) desc, 1 limit ${NAMED[kind]}`,
  );
  return rows.flatMap(([value]) => (typeof value === "string" ? [value] : []));
}

/** Counts by cell for each side. Periods of one version are counted in one reading. */
export async function countCells(sides: readonly Side[], cut: CellCut): Promise<number[][]> {
  const size = 2 + (cut.kind === "number" ? cut.edges.length : cut.named.length);
  const counts = sides.map(() => Array<number>(size).fill(0));
  for (const { side, slice, at } of readingsOf(sides)) {
    const { rows } = await askSide(side, cellsSql(side, cut, slice));
    for (const [index, cell, count] of rows) {
      const found = counts[at + asNumber(index)];
      if (found) found[asNumber(cell) + 1] = asNumber(count);
    }
  }
  return counts;
}

/** Rows, and rows with a value of each column, for each side. */
export async function countFilled(
  sides: readonly Side[],
  names: readonly string[],
): Promise<Filled[]> {
  const found: Filled[] = sides.map(() => ({ rows: 0, filled: {} }));
  const counted = ["count(*)", ...names.map((name) => `count(${quoteName(name)})`)].join(", ");
  for (const { side, slice, at } of readingsOf(sides)) {
    const { rows } = await askSide(
      side,
      `select ${slice} as slice, ${counted} from ${relation(side)} group by 1 having slice is not null`,
    );
    for (const [index, all, ...filled] of rows)
      found[at + asNumber(index)] = {
        rows: asNumber(all),
        filled: Object.fromEntries(names.map((name, i) => [name, asNumber(filled[i])])),
      };
  }
  return found;
}

/** Sides of one version as one reading, each row told which side it is of; sides of several versions one by one. */
function readingsOf(sides: readonly Side[]): { side: Side; slice: string; at: number }[] {
  const [first] = sides;
  if (!first) return [];
  if (sides.some(({ version }) => version !== first.version))
    return sides.map((side, at) => ({ side, slice: "0", at }));
  const whens = sides.map(({ where }, i) => `when ${where} then ${i}`);
  return [{ side: { ...first, where: "true" }, slice: `case ${whens.join(" ")} end`, at: 0 }];
}

function cellsSql(side: Side, cut: CellCut, slice: string): string {
  if (cut.kind === "number") {
    const c = `${quoteName(cut.name)}::double`;
    const whens = cut.edges.map((edge, i) => `when ${c} <= ${edge}::double then ${i}`);
    const cell = `case when ${c} is null or isnan(${c}) then -1 ${whens.join(" ")} else ${cut.edges.length} end`;
    return `select ${slice} as slice, ${cell} as cell, count(*) from ${relation(side)} group by 1, 2 having slice is not null`;
  }
  const every = cut.kind === "text" ? cut.every : 1;
  const names = cut.named.map(quoteLiteral).join(", ");
  return `select slice, case when value is null then -1 else coalesce(cell, 0) end as cell, count(*)
    from (${valuesSql(side, { ...cut, every }, slice)}) as found
      left join (select unnest([${names}]::varchar[]) as named, unnest(range(1, ${cut.named.length + 1})) as cell) as cells
        on named = value
    where slice is not null group by 1, 2`;
}

/** Each value, or each word of the chosen texts, with the slice it is of. */
function valuesSql(
  side: Side,
  { name, kind, every }: { name: string; kind: "category" | "text"; every: number },
  slice: string,
): string {
  const c = quoteName(name);
  if (kind === "category")
    return `select ${slice} as slice, ${c}::varchar as value from ${relation(side)}`;
  return `select ${slice} as slice, unnest(regexp_extract_all(lower(${c}), '[\\p{L}\\p{N}]+')) as value
    from ${relation(side)} and ${c} is not null and hash(${c}) % ${every} = 0`;
}
