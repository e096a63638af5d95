import { type Static, type TProperties, Type } from "typebox";

/** An object that may hold nothing but `properties`. */
export function closed<P extends TProperties>(properties: P) {
  return Type.Object(properties, { additionalProperties: false });
}

/** Dataset, model, alias, experiment and task names: what may also be a folder name. */
export const Name = Type.String({
  minLength: 1,
  maxLength: 128,
  pattern: "^[A-Za-z0-9][A-Za-z0-9._-]*$",
});

/** Ids Souk makes, and batch ids from outside. */
export const Id = Type.String({
  minLength: 1,
  maxLength: 200,
  pattern: "^[A-Za-z0-9][A-Za-z0-9._:@+-]*$",
});

/** A reason, a title: one paragraph. */
export const Words = Type.String({ minLength: 1, maxLength: 2000 });

/** Text to learn from or predict for: the longest review on Amazon is far below. */
export const LongText = Type.String({ maxLength: 100_000 });

/** Epoch ms, up to the year 9999. */
export const Time = Type.Integer({ minimum: 0, maximum: 253_402_300_799_999 });

export const Version = Type.Integer({ minimum: 0, maximum: 2_147_483_647 });

export const Count = Type.Integer({ minimum: 0 });

export const Limit = Type.Integer({ minimum: 1, maximum: 1000 });

export const Cursor = Type.String({ minLength: 1, maxLength: 500 });

export const Label = Type.Union([Type.String({ maxLength: 1000 }), Type.Number()]);

/** A cell of a table from outside. */
export const Cell = Type.Union([
  Type.String({ maxLength: 1_000_000 }),
  Type.Number({ minimum: -Number.MAX_VALUE, maximum: Number.MAX_VALUE }),
  Type.Boolean(),
  Type.Null(),
]);

/** Longest text of an input: a photo of 12 MB as base64. Other texts are bounded by serving. */
const LONGEST_INPUT = 16 * 1024 * 1024;

/** Bytes as TensorFlow Serving's clients write them. */
const Base64 = closed({ b64: Type.String({ minLength: 1, maxLength: LONGEST_INPUT }) });

/** An input of a model: a cell; a photo by the SHA-256 of a stored one, as a `data:` URI or as base64. */
export const InputCell = Type.Union([
  Type.String({ maxLength: LONGEST_INPUT }),
  Type.Number({ minimum: -Number.MAX_VALUE, maximum: Number.MAX_VALUE }),
  Type.Boolean(),
  Type.Null(),
  Base64,
]);

/** Inputs of one row by name. */
export const InputRow = Type.Record(Type.String(), InputCell, { maxProperties: 1000 });

/** An object the lake, a model or a run made: its members are told by its own documentation. */
export const Open = Type.Object({}, { additionalProperties: true });

export const Bytes = Type.String({ format: "binary" });

/** No body. */
export const Nothing = Type.Null();

/** Names of a page of things, newest first. */
export function pageOf<T extends TProperties[string]>(item: T) {
  return Type.Object({ items: Type.Array(item), nextCursor: Type.Optional(Cursor) });
}

/** RFC 9457 problem details; `code` is the stable code of the error. */
export const Problem = Type.Object({
  type: Type.String(),
  title: Type.String(),
  status: Type.Integer(),
  detail: Type.String(),
  code: Type.String(),
  instance: Type.String(),
  errors: Type.Optional(Type.Array(Type.Object({ path: Type.String(), message: Type.String() }))),
});
export type Problem = Static<typeof Problem>;

/** How the compatibility routes say that something is wrong. */
export const CompatError = Type.Object({ error: Type.String() });

/** How MLflow says it. */
export const MlflowError = Type.Object({ error_code: Type.String(), message: Type.String() });

export const NameParams = closed({ name: Name });
export const IdParams = closed({ id: Id });
