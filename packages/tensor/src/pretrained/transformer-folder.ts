/** The small files beside a published encoder: how its tokenizer cleans text, how sentences are pooled. */
import { SoukError } from "@souk/core";
import type { WordPieceOptions } from "./word-piece.ts";

/**
 * Options from tokenizer_config.json and sentence_bert_config.json; what they do not say is as in an uncased BERT.
 *
 * @throws SoukError `TRANSFORMER_CONFIG` naming the field and its value when the tokenizer is another than BERT's.
 */
export function tokenizerOptions(
  tokenizer: unknown,
  sentence: unknown,
): WordPieceOptions & { readonly maxLength: number } {
  const fields = record(tokenizer);
  for (const [name, value] of Object.entries(specialTokens)) {
    const given = textOf(fields[name] ?? value);
    if (given !== value) throw unexpected(`tokenizer_config.json: ${name}`, value, given);
  }
  const lowerCase = flag(fields, "do_lower_case") ?? true;
  return {
    lowerCase,
    stripAccents: flag(fields, "strip_accents") ?? lowerCase,
    splitChinese: flag(fields, "tokenize_chinese_chars") ?? true,
    maxLength: Math.min(
      length(fields, "model_max_length"),
      length(record(sentence), "max_seq_length"),
    ),
  };
}

/**
 * Refuses a 1_Pooling/config.json that asks for anything but the mean over the tokens.
 *
 * @throws SoukError `TRANSFORMER_CONFIG`.
 */
export function checkSentencePooling(pooling: unknown): void {
  for (const [name, value] of Object.entries(record(pooling))) {
    if (!name.startsWith("pooling_mode_")) continue;
    const wanted = name === "pooling_mode_mean_tokens";
    if (value !== wanted) throw unexpected(`1_Pooling/config.json: ${name}`, wanted, value);
  }
}

const specialTokens = {
  unk_token: "[UNK]",
  sep_token: "[SEP]",
  pad_token: "[PAD]",
  cls_token: "[CLS]",
} as const;

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}

/** Special tokens are texts, or objects with a `content` in older files. */
function textOf(token: unknown): unknown {
  return typeof token === "object" ? record(token)["content"] : token;
}

function flag(fields: Readonly<Record<string, unknown>>, name: string): boolean | undefined {
  const value = fields[name] ?? undefined;
  if (value === undefined || typeof value === "boolean") return value;
  throw unexpected(`tokenizer_config.json: ${name}`, "true or false", value);
}

/** A length in tokens; files without a limit leave it out or give 1e30. */
function length(fields: Readonly<Record<string, unknown>>, name: string): number {
  const value = fields[name] ?? Infinity;
  if (typeof value === "number" && value > 3) return value;
  throw unexpected(name, "a number above 3", value);
}

function unexpected(name: string, expected: unknown, got: unknown): SoukError {
  return new SoukError(
    "TRANSFORMER_CONFIG",
    `${name} must be ${JSON.stringify(expected)}, got ${JSON.stringify(got)?.slice(0, 80)}`,
  );
}
