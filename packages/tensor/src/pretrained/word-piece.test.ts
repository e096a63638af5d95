import assert from "node:assert/strict";
import { test } from "node:test";
import { numbersOf } from "../onnx/tensor.ts";
import { wordPieceTokenizer } from "./word-piece.ts";

const vocabulary =
  "[PAD] [UNK] [CLS] [SEP] a b c d e i n s t u x the un ##aff ##able ##a ##b ##c ##s ##t ##ss ##e cafe naive ! ' , . - $ ` | ~ # 3 ##0 ##. σ ##σ 中 国 日 本 ア ##ト 한 ##국 ß ##ß ÷ € “ ” … x86 don ss 🙂 ##🙂 fi ﬁ".split(
    " ",
  );
const tokenizer = wordPieceTokenizer(vocabulary, { maxLength: 12 });

/** Pieces by HuggingFace tokenizers 0.23.3 (WordPiece, BertNormalizer, BertPreTokenizer) over the same vocabulary. */
const pieces: readonly (readonly [string, string])[] = [
  ["", ""],
  ["   ", ""],
  ["unaffable", "un ##aff ##able"],
  ["UNAFFABLE", "un ##aff ##able"],
  ["the  cafe\tthe\nthe\r\nthe", "the cafe the the the"],
  ["Caf\u00e9 na\u00efve", "cafe naive"],
  ["cafe\u0301", "cafe"],
  ["don't", "don ' t"],
  ["a,b.c!", "a , b . c !"],
  ["$a`b|c~d", "$ a ` b | c ~ d"],
  ["#a", "# a"],
  ["30.", "3 ##0 ."],
  ["3.0", "3 . [UNK]"],
  ["中国", "中 国"],
  ["日本ア", "日 本 ア"],
  ["アト", "ア ##ト"],
  ["한국", "[UNK]"],
  ["ΣΣ", "σ ##σ"],
  ["ß", "ß"],
  ["SS", "ss"],
  ["\u0130", "i"],
  ["x\u200bs", "x ##s"],
  ["a\u00a0b", "a b"],
  ["a\u2028b", "a b"],
  ["a\u0000b\ufffdc", "a ##b ##c"],
  ["a\u0085b", "a ##b"],
  ["a\u00adb", "a ##b"],
  ["“the”…", "“ the ” …"],
  ["€ ÷", "€ ÷"],
  ["🙂🙂", "🙂 ##🙂"],
  ["\ufb01", "\ufb01"],
  ["xyz", "[UNK]"],
  ["x86", "x86"],
  ["a\u0301\u0302b", "a ##b"],
  ["e\u20dd", "[UNK]"],
  ["\u{20000}a", "[UNK] a"],
  ["[SEP] the", "[UNK] [UNK] [UNK] the"],
  ["a".repeat(101), "[UNK]"],
  ["a".repeat(100), `a${" ##a".repeat(99)}`],
];

test("texts fall into the pieces of HuggingFace's tokenizer", () => {
  for (const [text, expected] of pieces) {
    assert.equal(tokenizer.tokenize(text).join(" "), expected, JSON.stringify(text));
  }
});

test("a cased tokenizer keeps case and accents", () => {
  const cased = wordPieceTokenizer(vocabulary, { lowerCase: false });
  assert.deepEqual(cased.tokenize("The the café ß"), ["[UNK]", "the", "[UNK]", "ß"]);
});

test("a text stands between [CLS] and [SEP], its pair follows with type 1", () => {
  assert.deepEqual(tokenizer.encode("a b"), { ids: [2, 4, 5, 3], typeIds: [0, 0, 0, 0] });
  assert.deepEqual(tokenizer.encode("a b", { pair: "c" }), {
    ids: [2, 4, 5, 3, 6, 3],
    typeIds: [0, 0, 0, 0, 1, 1],
  });
});

test("what does not fit is cut from the end, of a pair from the longer text first", () => {
  const lengths = (first: number, second: number, maxLength: number) => {
    const { typeIds } = tokenizer.encode("a ".repeat(first), {
      pair: "a ".repeat(second),
      maxLength,
    });
    const long = typeIds.filter((type) => type === 1).length - 1;
    return [typeIds.length - long - 3, long];
  };
  assert.equal(tokenizer.encode("a ".repeat(50)).ids.length, 12);
  assert.deepEqual(lengths(8, 2, 10), [5, 2]);
  assert.deepEqual(lengths(2, 8, 10), [2, 5]);
  assert.deepEqual(lengths(8, 9, 10), [3, 4]);
  assert.deepEqual(lengths(9, 8, 10), [4, 3]);
  assert.deepEqual(lengths(8, 8, 10), [3, 4]);
});

test("a batch is padded to its longest row, or to the first bucket that holds it", () => {
  const batch = tokenizer.encodeBatch(["a", "a b c"]);
  assert.deepEqual(batch.input_ids.shape, [2, 5]);
  assert.deepEqual(numbersOf(batch.input_ids), [2, 4, 3, 0, 0, 2, 4, 5, 6, 3]);
  assert.deepEqual(numbersOf(batch.attention_mask), [1, 1, 1, 0, 0, 1, 1, 1, 1, 1]);
  assert.deepEqual(tokenizer.encodeBatch(["a"], { buckets: [8, 4] }).input_ids.shape, [1, 4]);
  assert.throws(() => tokenizer.encodeBatch(["a b c"], { buckets: [4] }), {
    code: "TOKENIZER_BATCH",
  });
});

test("a huge text costs no more than its beginning", () => {
  const { ids } = tokenizer.encode("x".repeat(20_000_000));
  assert.deepEqual(ids, [2, 1, 3]);
});

test("a vocabulary without [UNK], or with a token twice, is refused", () => {
  assert.throws(() => wordPieceTokenizer(["[PAD]", "[CLS]", "[SEP]"]), {
    code: "TOKENIZER_VOCABULARY",
    message: /expected the token \[UNK\]/,
  });
  assert.throws(() => wordPieceTokenizer([...vocabulary, "a"]), { code: "TOKENIZER_VOCABULARY" });
});
