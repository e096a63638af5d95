import type { Engine } from "../engine.ts";
import { checkShape, type ColumnType, type DatasetShape } from "../shape.ts";
import { SoukError } from "@souk/core";
import { typedSql } from "./columns-sql.ts";
import { decimalCommaSql } from "./decimal-comma.ts";
import type { Reading } from "./mapping.ts";

/** Rows looked at to guess types; later rows are held to the guess. */
const SAMPLE_ROWS = 20_000;

/** Types from the strictest to the loosest; the first that fits every value of the sample is taken. */
const CANDIDATES: readonly ColumnType[] = ["BIGINT", "DOUBLE", "DATE", "TIMESTAMPTZ", "BOOLEAN"];

/** A guess about one column of a source. */
export interface ColumnGuess {
  readonly name: string;
  readonly type: ColumnType;
  /** Non-empty values in the sample. */
  readonly values: number;
}

/**
 * Guesses the type of every column of a reading from its first 20,000 rows. A column without values is text.
 * Decimal commas are numbers only between semicolons: elsewhere "36,38" may be two sizes.
 */
export async function guessColumns(engine: Engine, reading: Reading): Promise<ColumnGuess[]> {
  if (reading.names.length === 0) return [];
  const counts = reading.names.map((_, i) => {
    const value = `nullif(v[${i + 1}], '')`;
    const fits = CANDIDATES.map((type) => `count(${guessSql(value, type)})`);
    fits.push(reading.hasSemicolons === true ? `count(${decimalCommaSql(value)})` : "0");
    // "0" and "1" alone are numbers, so a Boolean must say so in words.
    return [`count(${value})`, ...fits].join(", ");
  });
  const [row = []] = await engine.all(
    `SELECT ${counts.join(", ")} FROM (SELECT v FROM ${reading.relation} WHERE count = ${reading.names.length} LIMIT ${SAMPLE_ROWS})`,
  );
  const types = [...CANDIDATES, "DOUBLE" as const];
  const width = types.length + 1;
  return reading.names.map((name, i) => {
    const values = Number(row[i * width]);
    const type = types.find((_, k) => values > 0 && Number(row[i * width + 1 + k]) === values);
    return { name, type: type ?? "VARCHAR", values };
  });
}

/** A value as a type that it can be given without losing something: "00412" is the name of an article, not 412. */
function guessSql(value: string, type: ColumnType): string {
  const typed = typedSql(value, { type });
  if (type !== "BIGINT" && type !== "DOUBLE") return typed;
  return `CASE WHEN NOT regexp_matches(${value}, '^\\s*[-+]?0[0-9]') THEN ${typed} END`;
}

/** The shape of a free table: the guessed columns, renamed by the mapping (dataset column → source column). */
export async function inferShape(
  engine: Engine,
  name: string,
  { reading, mapping = {} }: { reading: Reading; mapping?: Readonly<Record<string, string>> },
): Promise<DatasetShape> {
  const guesses = await guessColumns(engine, reading);
  if (guesses.length === 0)
    throw new SoukError("LAKE_MAPPING", `${name}: expected a source with at least one column`);
  const datasetName = new Map(Object.entries(mapping).map(([column, source]) => [source, column]));
  return checkShape({
    name,
    columns: guesses.map((guess) => ({
      name: datasetName.get(guess.name) ?? guess.name.trim(),
      type: guess.type,
    })),
  });
}

/** The members of the first JSON objects of a reading, in order of first appearance. */
export async function jsonMembers(engine: Engine, relation: string): Promise<string[]> {
  const rows = await engine.all(
    `SELECT name FROM (SELECT unnest(json_keys(raw)) AS name, line FROM (SELECT raw, line FROM ${relation} WHERE json_valid(raw) AND json_type(raw) = 'OBJECT' LIMIT 1000)) GROUP BY name ORDER BY min(line), name`,
  );
  return rows.map(([name]) => String(name));
}
