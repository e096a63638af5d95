/** Reads HuggingFace's config.json of a BERT or DistilBERT encoder. Every field that would change the network is checked. */
import { SoukError } from "@souk/core";
import type { TransformerSettings } from "../nn/transformer-encoder.ts";

type Fields = Readonly<Record<string, unknown>>;

/**
 * The encoder that a config.json describes, without a head. MiniLM's files say they are BERT, which they are.
 *
 * @throws SoukError `TRANSFORMER_CONFIG` naming the field and its value when it is missing, of another kind or asks for
 * something Souk's encoder does not do.
 */
export function transformerSettings(config: unknown): TransformerSettings {
  if (typeof config !== "object" || config === null || Array.isArray(config)) {
    throw new SoukError("TRANSFORMER_CONFIG", "config.json: expected an object");
  }
  const fields = config as Fields;
  const family = oneOf(fields, "model_type", ["bert", "distilbert"] as const);
  const settings = family === "bert" ? bert(fields) : distilBert(fields);
  if (settings.width % settings.heads !== 0) {
    throw new SoukError(
      "TRANSFORMER_CONFIG",
      `config.json: width ${settings.width} does not divide into ${settings.heads} heads`,
    );
  }
  return settings;
}

function bert(fields: Fields): TransformerSettings {
  for (const [name, value] of Object.entries(bertOnly)) mustBe(fields, name, value);
  return {
    family: "bert",
    vocabulary: count(fields, "vocab_size", MAX_ROWS),
    width: count(fields, "hidden_size", MAX_WIDTH),
    layers: count(fields, "num_hidden_layers", MAX_LAYERS),
    heads: count(fields, "num_attention_heads", MAX_WIDTH),
    hidden: count(fields, "intermediate_size", MAX_WIDTH),
    positions: count(fields, "max_position_embeddings", MAX_ROWS),
    tokenTypes: count(fields, "type_vocab_size", MAX_ROWS),
    activation: oneOf(fields, "hidden_act", ACTIVATIONS),
    epsilon: fraction(fields, "layer_norm_eps", 1e-12),
    dropout: fraction(fields, "hidden_dropout_prob", 0.1),
    attentionDropout: fraction(fields, "attention_probs_dropout_prob", 0.1),
  };
}

function distilBert(fields: Fields): TransformerSettings {
  return {
    family: "distilbert",
    vocabulary: count(fields, "vocab_size", MAX_ROWS),
    width: count(fields, "dim", MAX_WIDTH),
    layers: count(fields, "n_layers", MAX_LAYERS),
    heads: count(fields, "n_heads", MAX_WIDTH),
    hidden: count(fields, "hidden_dim", MAX_WIDTH),
    positions: count(fields, "max_position_embeddings", MAX_ROWS),
    activation: oneOf(fields, "activation", ACTIVATIONS),
    epsilon: 1e-12,
    dropout: fraction(fields, "dropout", 0.1),
    attentionDropout: fraction(fields, "attention_dropout", 0.1),
  };
}

const ACTIVATIONS = ["gelu", "gelu_new", "relu"] as const;

/** Beyond what any published encoder has; keeps a hostile file from asking for all memory. */
const MAX_ROWS = 1_000_000;
const MAX_WIDTH = 65_536;
const MAX_LAYERS = 256;

/** What a field must be where it is given: the encoder does nothing else. */
const bertOnly: Fields = {
  position_embedding_type: "absolute",
  is_decoder: false,
  add_cross_attention: false,
};

function mustBe(fields: Fields, name: string, value: unknown): void {
  if (fields[name] === undefined || fields[name] === value) return;
  throw unexpected(name, JSON.stringify(value), fields[name]);
}

function oneOf<Choice extends string>(
  fields: Fields,
  name: string,
  choices: readonly Choice[],
): Choice {
  const choice = choices.find((one) => one === fields[name]);
  if (choice !== undefined) return choice;
  throw unexpected(name, `one of ${choices.join(", ")}`, fields[name]);
}

function count(fields: Fields, name: string, most: number): number {
  const value = fields[name];
  if (typeof value === "number" && Number.isInteger(value) && value > 0 && value <= most)
    return value;
  throw unexpected(name, `a whole number in [1, ${most}]`, value);
}

function fraction(fields: Fields, name: string, missing: number): number {
  const value = fields[name] ?? missing;
  if (typeof value === "number" && value >= 0 && value < 1) return value;
  throw unexpected(name, "a number in [0, 1)", value);
}

function unexpected(name: string, expected: string, value: unknown): SoukError {
  const got = value === undefined ? "nothing" : JSON.stringify(value).slice(0, 80);
  return new SoukError(
    "TRANSFORMER_CONFIG",
    `config.json: ${name} must be ${expected}, got ${got}`,
  );
}
