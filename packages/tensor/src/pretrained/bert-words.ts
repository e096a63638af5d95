/**
 * The first half of BERT's tokenizer: text into words and single punctuation characters.
 * Source: `BasicTokenizer` of Devlin et al.'s reference code, as HuggingFace `tokenizers` implements it
 * (BertNormalizer and BertPreTokenizer).
 */

/** How text is cleaned; the defaults are those of uncased models. */
export interface BertWordsOptions {
  readonly lowerCase?: boolean;
  /** Accents off letters; by default when `lowerCase` is on. */
  readonly stripAccents?: boolean;
  /** Every Chinese character a word of its own. */
  readonly splitChinese?: boolean;
}

/** Words of a text in order. Control characters vanish, any white space separates, punctuation stands alone. */
export function bertWords(
  text: string,
  { lowerCase = true, stripAccents = lowerCase, splitChinese = true }: BertWordsOptions = {},
): readonly string[] {
  let clean = text.replace(unwanted, "").replace(whiteSpace, " ");
  if (splitChinese) clean = clean.replace(chinese, " $& ");
  if (stripAccents) clean = clean.normalize("NFD").replace(accents, "");
  if (lowerCase) clean = lowerLetters(clean);
  return clean.match(words) ?? [];
}

/** Letter by letter: a sigma at the end of a word stays σ, which `toLowerCase` alone would make ς. */
function lowerLetters(text: string): string {
  return text.replaceAll("Σ", "σ").toLowerCase();
}

/** Control, format, private and unpaired characters but tab and line ends, and the mark of undecodable bytes. */
const unwanted = /[\ufffd]|(?![\t\n\r])[\p{Cc}\p{Cf}\p{Co}\p{Cs}]/gu;

const whiteSpace = /\p{White_Space}/gu;

const accents = /\p{Mn}/gu;

/** The blocks of CJK unified and compatibility ideographs, without Hangul and kana. */
const chinese =
  /[\u{4e00}-\u{9fff}\u{3400}-\u{4dbf}\u{20000}-\u{2a6df}\u{2a700}-\u{2b73f}\u{2b740}-\u{2b81f}\u{2b920}-\u{2ceaf}\u{f900}-\u{faff}\u{2f800}-\u{2fa1f}]/gu;

/** One punctuation character (Unicode's, and the ASCII symbols that Unicode calls otherwise), or a run without any. */
const words = /[\p{P}$+<=>^`|~]|[^ \p{P}$+<=>^`|~]+/gu;
