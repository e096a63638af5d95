import type { Engine } from "../engine.ts";
import type { DatasetShape } from "../shape.ts";
import type { Reading } from "./mapping.ts";

/*
 * "129,95" is a number in much of the world. "1,299" may be one and a bit, or one thousand and more: nobody can tell, so
 * it is no number. Only texts that mean one thing are read:
 *
 *   129,95    -0,5    0,125    12,3456    1.299,95
 */

/** Rows looked at to tell how a column writes its numbers. */
const SAMPLE_ROWS = 20_000;

/** A decimal comma and nothing else it could be: no three digits after one to three that do not begin with 0. */
const PLAIN = "[-+]?[0-9]+,[0-9]+";
/** Thousands by points, then a decimal comma. */
const GROUPED = "[-+]?[1-9][0-9]{0,2}(\\.[0-9]{3})+,[0-9]+";
/** Could be thousands as well. */
const AMBIGUOUS = "[-+]?[1-9][0-9]{0,2},[0-9]{3}";

/** SQL: whether a text can only be a number with a decimal comma. NULL for NULL. */
function isDecimalCommaSql(text: string): string {
  return `(${matches(text, `${PLAIN}|${GROUPED}`)} AND NOT ${matches(text, AMBIGUOUS)})`;
}

/** SQL: the number of a text in a column of decimal commas. NULL for one that could be read in two ways. */
export function decimalCommaSql(text: string): string {
  return `CASE WHEN ${isDecimalCommaSql(text)} OR ${matches(text, "[-+]?[0-9]+")} THEN TRY_CAST(replace(replace(${text}, '.', ''), ',', '.') AS DOUBLE) END`;
}

/**
 * Positions in `shape.columns` of the numbers that the source writes with a decimal comma: some of the first 20,000 values
 * can be nothing else, and none has a decimal point.
 */
export async function decimalCommaColumns(
  engine: Engine,
  reading: Reading,
  { shape, positions }: { shape: DatasetShape; positions: readonly (number | undefined)[] },
): Promise<ReadonlySet<number>> {
  const asked = shape.columns.flatMap(({ type }, column) => {
    const at = positions[column];
    return type === "DOUBLE" && at !== undefined ? [{ column, text: `v[${at + 1}]` }] : [];
  });
  if (asked.length === 0) return new Set();
  const counts = asked.map(
    ({ text }) =>
      `count_if(${isDecimalCommaSql(text)}) > 0 AND count_if(contains(${text}, '.') AND NOT contains(${text}, ',')) = 0`,
  );
  const [row = []] = await engine.all(
    `SELECT ${counts.join(", ")} FROM (SELECT v FROM ${reading.relation} WHERE count = ${reading.names.length} LIMIT ${SAMPLE_ROWS})`,
  );
  return new Set(asked.filter((_, i) => row[i] === true).map(({ column }) => column));
}

function matches(text: string, pattern: string): string {
  return `regexp_full_match(trim(${text}), '${pattern}')`;
}
