import { SoukError } from "@souk/core";
import { limits } from "./limits.ts";

// filter     := comparison ("and" comparison)*
// comparison := identifier operator value | identifier ("in" | "not in") "(" value ("," value)* ")"
//             | identifier "is" ["not"] "null"
// identifier := [entity "."] key            key := bare | "quoted" | `quoted`
// value      := number | 'text' | "text"

/** How one side is compared with the other. */
export type Operator =
  | "="
  | "!="
  | ">"
  | ">="
  | "<"
  | "<="
  | "like"
  | "ilike"
  | "in"
  | "not in"
  | "is null"
  | "is not null";

/** One condition of a filter. */
export interface Comparison {
  /** What stands before the first dot, in lower case; `""` when there is none. */
  readonly entity: string;
  readonly key: string;
  readonly operator: Operator;
  /** One value, several for `in`, none for `is null`. */
  readonly values: readonly (string | number)[];
}

interface Token {
  readonly kind: "word" | "quoted" | "backquoted" | "number" | "operator" | "mark";
  readonly text: string;
}

const TOKEN =
  /\s*(?:(?<number>[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?(?![\w.]))|'(?<single>[^']*)'|"(?<double>[^"]*)"|`(?<back>[^`]*)`|(?<operator>!=|>=|<=|=|>|<)|(?<mark>[(),.])|(?<word>[\p{L}\p{N}_][\p{L}\p{N}_\-/:]*))/uy;

/**
 * Reads the filter language of MLflow's search: `metrics.acc > 0.7 and params.lr = '0.1' and tags.x like 'y%'`.
 * There is no `or`, as in MLflow. Text is only ever a value: nothing of it becomes SQL.
 *
 * @throws SoukError `TRACKING_FILTER` saying what was expected where.
 * Source: MLflow "Search Runs" documentation.
 */
export function parseFilter(filter: string): Comparison[] {
  if (filter.trim() === "") return [];
  const reader = createReader(tokens(filter));
  const comparisons = [readComparison(reader)];
  while (!reader.done()) {
    if (!reader.word("and")) throw filterError("`and` or the end", reader.here());
    comparisons.push(readComparison(reader));
    if (comparisons.length > limits.comparisons)
      throw filterError(`at most ${limits.comparisons} comparisons`, "more");
  }
  return comparisons;
}

/** The error of a filter that does not say what can be searched. */
export function filterError(expected: string, got: string): SoukError {
  return new SoukError("TRACKING_FILTER", `expected ${expected} in the filter, got ${got}`);
}

function tokens(filter: string): Token[] {
  if (filter.length > limits.filter)
    throw filterError(`at most ${limits.filter} characters`, String(filter.length));
  const text = filter.trimEnd();
  const found: Token[] = [];
  const pattern = new RegExp(TOKEN);
  while (pattern.lastIndex < text.length) {
    const start = pattern.lastIndex;
    const groups = pattern.exec(text)?.groups;
    if (groups === undefined)
      throw filterError(
        "a name, an operator or a value",
        JSON.stringify(text.slice(start, start + 20)),
      );
    found.push(toToken(groups));
  }
  return found;
}

function toToken(groups: Record<string, string | undefined>): Token {
  const { number, single, double, back, operator, mark, word } = groups;
  if (number !== undefined) return { kind: "number", text: number };
  if (single !== undefined) return { kind: "quoted", text: single };
  if (double !== undefined) return { kind: "quoted", text: double };
  if (back !== undefined) return { kind: "backquoted", text: back };
  if (operator !== undefined) return { kind: "operator", text: operator };
  if (mark !== undefined) return { kind: "mark", text: mark };
  return { kind: "word", text: word ?? "" };
}

interface Reader {
  readonly done: () => boolean;
  /** The token ahead as a reader of the message sees it. */
  readonly here: () => string;
  readonly peek: (offset?: number) => Token | undefined;
  readonly next: () => Token | undefined;
  /** Steps over a keyword when it is ahead. */
  readonly word: (keyword: string) => boolean;
  readonly mark: (mark: string) => boolean;
}

function createReader(all: readonly Token[]): Reader {
  let at = 0;
  const peek = (offset = 0): Token | undefined => all[at + offset];
  const step = (matches: boolean): boolean => {
    if (matches) at++;
    return matches;
  };
  return {
    done: () => at >= all.length,
    here: () => JSON.stringify(peek()?.text ?? "the end"),
    peek,
    next: () => all[at++],
    word: (keyword) => step(peek()?.kind === "word" && peek()?.text.toLowerCase() === keyword),
    mark: (mark) => step(peek()?.kind === "mark" && peek()?.text === mark),
  };
}

function readComparison(reader: Reader): Comparison {
  const { entity, key } = readIdentifier(reader);
  if (reader.word("is")) {
    const operator = reader.word("not") ? "is not null" : "is null";
    if (!reader.word("null")) throw filterError("`null`", reader.here());
    return { entity, key, operator, values: [] };
  }
  const operator = readOperator(reader);
  const values =
    operator === "in" || operator === "not in" ? readList(reader) : [readValue(reader)];
  return { entity, key, operator, values };
}

/** `entity.key` where a bare key may itself hold dots: `tags.mlflow.source.name`. */
function readIdentifier(reader: Reader): { entity: string; key: string } {
  const parts = [readName(reader)];
  while (reader.mark(".")) parts.push(readName(reader));
  const [first = "", ...rest] = parts;
  return rest.length === 0
    ? { entity: "", key: first }
    : { entity: first.toLowerCase(), key: rest.join(".") };
}

function readName(reader: Reader): string {
  const here = reader.here();
  const token = reader.next();
  const named =
    token !== undefined && ["word", "quoted", "backquoted", "number"].includes(token.kind);
  if (!named || token.text === "") throw filterError("a name such as metrics.accuracy", here);
  return token.text;
}

function readOperator(reader: Reader): Operator {
  for (const keyword of ["like", "ilike", "in"] as const) if (reader.word(keyword)) return keyword;
  if (reader.word("not")) {
    if (reader.word("in")) return "not in";
    throw filterError("`in` after `not`", reader.here());
  }
  const here = reader.here();
  const token = reader.next();
  switch (token?.kind === "operator" ? token.text : "") {
    case "=":
      return "=";
    case "!=":
      return "!=";
    case ">":
      return ">";
    case ">=":
      return ">=";
    case "<":
      return "<";
    case "<=":
      return "<=";
    default:
      throw filterError("an operator", here);
  }
}

function readValue(reader: Reader): string | number {
  const here = reader.here();
  const token = reader.next();
  if (token?.kind === "quoted") return token.text;
  if (token?.kind === "number") return Number(token.text);
  throw filterError("a number or a quoted text", here);
}

function readList(reader: Reader): (string | number)[] {
  if (!reader.mark("(")) throw filterError("( before the list", reader.here());
  const values = [readValue(reader)];
  while (reader.mark(",")) values.push(readValue(reader));
  if (!reader.mark(")")) throw filterError(") after the list", reader.here());
  if (values.length > limits.listValues)
    throw filterError(`at most ${limits.listValues} values in a list`, String(values.length));
  return values;
}
