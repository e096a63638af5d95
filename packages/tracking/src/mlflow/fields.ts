import { invalid, limits } from "../limits.ts";

/** The parameters of one request, read by name and type. Every reader throws SoukError `TRACKING_INVALID`. */
export interface Fields {
  /** A text that must be there and not be empty. */
  readonly text: (name: string) => string;
  readonly optionalText: (name: string) => string | undefined;
  /** A whole number, also when it came as text in a query. */
  readonly integer: (name: string) => number | undefined;
  readonly boolean: (name: string) => boolean;
  /** A text or a list of texts; none when it is absent. */
  readonly texts: (name: string) => string[];
  /** Members that are objects themselves. */
  readonly objects: (name: string) => Fields[];
  /** A number, where "NaN", "Infinity" and "-Infinity" may stand as text (protobuf's JSON). */
  readonly double: (name: string) => number;
}

/** Wraps a parsed body or query. */
export function createFields(value: unknown): Fields {
  const record = value ?? {};
  if (typeof record !== "object" || Array.isArray(record)) throw invalid("an object", typeof value);
  const members = new Map<string, unknown>(Object.entries(record));
  const optionalText = (name: string): string | undefined => {
    const member = members.get(name) ?? undefined;
    if (member === undefined || typeof member === "string") return member;
    if (typeof member === "number" && Number.isSafeInteger(member)) return String(member);
    throw invalid(`${name} to be text`, typeof member);
  };
  const list = (name: string): unknown[] => {
    const member = members.get(name) ?? [];
    const items: unknown[] = Array.isArray(member) ? member : [member];
    if (items.length <= limits.batch) return items;
    throw invalid(`at most ${limits.batch} ${name}`, String(items.length));
  };
  return {
    optionalText,
    text(name) {
      const found = optionalText(name);
      if (found === undefined || found === "") throw invalid(`a value for ${name}`, "none");
      return found;
    },
    integer: (name) => integerOf(name, members.get(name) ?? undefined),
    boolean: (name) => members.get(name) === true || members.get(name) === "true",
    texts: (name) =>
      list(name).map((item) => {
        if (typeof item === "string") return item;
        throw invalid(`${name} to be texts`, typeof item);
      }),
    objects: (name) => list(name).map(createFields),
    double: (name) => doubleOf(name, members.get(name)),
  };
}

/** `key` and `value` pairs under `name`: tags and params. */
export function readPairList(fields: Fields, name: string): { key: string; value: string }[] {
  return fields.objects(name).map((pair) => ({
    key: pair.text("key"),
    value: pair.optionalText("value") ?? "",
  }));
}

function integerOf(name: string, member: unknown): number | undefined {
  if (member === undefined || member === "") return undefined;
  const number = typeof member === "string" ? Number(member) : member;
  if (typeof number === "number" && Number.isSafeInteger(number)) return number;
  throw invalid(`${name} to be a whole number`, typeof member);
}

function doubleOf(name: string, member: unknown): number {
  if (typeof member === "number") return member;
  if (member === "NaN" || member === "Infinity" || member === "-Infinity") return Number(member);
  throw invalid(`${name} to be a number`, member === undefined ? "none" : typeof member);
}
