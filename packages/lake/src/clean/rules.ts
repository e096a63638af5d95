import { SoukError } from "@souk/core";

/*
 * Every rule turns a text into a text, so rules compose in any order. Each is defined once here, as plain steps, and used
 * twice: in JavaScript (cleanText) and as a DuckDB expression (cleaningSql in sql.ts); a test holds both to the same answers.
 * Patterns use only what RE2 and JavaScript read alike: explicit classes, no look-around, no \s or \w.
 */

/** The names of the cleaning rules. */
export const cleaningRuleNames = [
  "html",
  "entities",
  "links",
  "control",
  "whitespace",
  "punctuation",
  "lowercase",
  "stopwords",
  "hashtags",
  "price-minor",
  "price-currency",
  "category-path",
  "date",
] as const;

/** One of `cleaningRuleNames`. */
export type CleaningRuleName = (typeof cleaningRuleNames)[number];

/** One step of a rule. `pattern` is a regular expression; `text` is taken literally. */
export type CleaningStep =
  | { readonly kind: "pattern"; readonly pattern: string; readonly to: string }
  | { readonly kind: "text"; readonly text: string; readonly to: string }
  | { readonly kind: "lowercase" }
  | { readonly kind: "trim" }
  /** Keeps what the first pattern that matches the whole text says; the text stays as it is when none does. */
  | {
      readonly kind: "first";
      readonly options: readonly { readonly pattern: string; readonly to: string }[];
    };

/** A documented rule. */
export interface CleaningRule {
  readonly name: CleaningRuleName;
  /** What it does, for people. */
  readonly about: string;
  readonly steps: readonly CleaningStep[];
}

const BLANK = "[ \\t\\n\\r\\f\\v\\x{a0}\\x{2000}-\\x{200a}\\x{202f}\\x{3000}]";

/** Named entities that shops' texts hold; `&amp;` is last so that `&amp;lt;` becomes `&lt;`. */
const ENTITIES: readonly (readonly [string, string])[] = [
  ["&lt;", "<"],
  ["&#60;", "<"],
  ["&gt;", ">"],
  ["&#62;", ">"],
  ["&quot;", '"'],
  ["&#34;", '"'],
  ["&apos;", "'"],
  ["&#39;", "'"],
  ["&#x27;", "'"],
  ["&nbsp;", " "],
  ["&#160;", " "],
  ["&pound;", "£"],
  ["&euro;", "€"],
  ["&copy;", "©"],
  ["&reg;", "®"],
  ["&trade;", "™"],
  ["&ndash;", "–"],
  ["&mdash;", "—"],
  ["&lsquo;", "‘"],
  ["&rsquo;", "’"],
  ["&ldquo;", "“"],
  ["&rdquo;", "”"],
  ["&hellip;", "…"],
  ["&eacute;", "é"],
  ["&#38;", "&"],
  ["&amp;", "&"],
];

/** The commonest words of English that say nothing about a product. "not", "no" and "very" stay: they turn a review round. */
export const stopWords: readonly string[] =
  "a an and are as at be been but by for from had has have he her his i if in into is it its me my of on or our she so that the their them then there these they this to was we were what when which who will with you your".split(
    " ",
  );

const CURRENCIES: readonly (readonly [symbol: string, code: string])[] = [
  ["\\x{a3}", "GBP"],
  ["\\x{20ac}", "EUR"],
  ["\\$", "USD"],
  ["\\x{a5}", "JPY"],
  ["\\x{20b9}", "INR"],
  ["Rp\\.?", "IDR"],
];

const SIGN = "(?:\\x{a3}|\\x{20ac}|\\$|\\x{20b9}|[A-Z]{3})?";

/** Every rule, by name. */
export const cleaningRules: Readonly<Record<CleaningRuleName, CleaningRule>> = {
  html: rule("html", "Replaces HTML tags and comments by a space.", [
    { kind: "pattern", pattern: "<!--[^>]*-->|</?[A-Za-z][^<>]*>", to: " " },
  ]),
  entities: rule(
    "entities",
    "Decodes common HTML entities (&amp; &lt; &quot; &#39; &pound; …).",
    ENTITIES.map(([text, to]) => ({ kind: "text", text, to })),
  ),
  links: rule("links", "Removes web links (http://, https://, www.).", [
    { kind: "pattern", pattern: `(?:https?://|www\\.)[^${BLANK.slice(1, -1)}<>"]*`, to: "" },
  ]),
  control: rule("control", "Removes control characters except tab and line ends.", [
    {
      kind: "pattern",
      pattern: "[\\x{1}-\\x{8}\\x{b}\\x{c}\\x{e}-\\x{1f}\\x{7f}-\\x{9f}\\x{200b}\\x{feff}]",
      to: "",
    },
  ]),
  whitespace: rule(
    "whitespace",
    "Turns every run of blanks and line ends into one space and trims the ends.",
    [{ kind: "pattern", pattern: `${BLANK}+`, to: " " }, { kind: "trim" }],
  ),
  punctuation: rule(
    "punctuation",
    "Replaces punctuation by a space; letters, digits, currency signs and emoji stay.",
    [
      {
        kind: "pattern",
        pattern:
          "[!-#%-/:-@\\[-`{-~\\x{a1}\\x{ab}\\x{b7}\\x{bb}\\x{bf}\\x{2010}-\\x{2027}\\x{2030}-\\x{205e}\\x{3001}-\\x{3003}]",
        to: " ",
      },
    ],
  ),
  lowercase: rule("lowercase", "Lower case, letter by letter.", [{ kind: "lowercase" }]),
  stopwords: rule("stopwords", "Removes the commonest English words; expects lower case.", [
    { kind: "pattern", pattern: `\\b(?:${stopWords.join("|")})\\b ?`, to: "" },
    { kind: "trim" },
  ]),
  hashtags: rule("hashtags", "Turns #word into word.", [
    { kind: "pattern", pattern: "#([0-9A-Za-z_\\x{c0}-\\x{ffff}])", to: "\\1" },
  ]),
  "price-minor": rule(
    "price-minor",
    'A price in whole minor units of two decimals: "£1,234.00" becomes "123400".',
    [
      { kind: "trim" },
      { kind: "pattern", pattern: "([0-9]),([0-9]{3})", to: "\\1\\2" },
      { kind: "pattern", pattern: "([0-9]),([0-9]{3})", to: "\\1\\2" },
      {
        kind: "first",
        options: [
          { pattern: `${SIGN} ?([0-9]{1,13}) ?${SIGN}`, to: "\\100" },
          { pattern: `${SIGN} ?([0-9]{1,13})[.,]([0-9]) ?${SIGN}`, to: "\\1\\20" },
          { pattern: `${SIGN} ?([0-9]{1,13})[.,]([0-9]{2}) ?${SIGN}`, to: "\\1\\2" },
        ],
      },
    ],
  ),
  "price-currency": rule(
    "price-currency",
    'The ISO code of a price: "£1,234.00" becomes "GBP", "12 EUR" becomes "EUR".',
    [
      {
        kind: "first",
        options: [
          ...CURRENCIES.map(([symbol, code]) => ({ pattern: `[^A-Z]*${symbol}[^A-Z]*`, to: code })),
          { pattern: "[^A-Z]*\\b([A-Z]{3})\\b[^A-Z]*", to: "\\1" },
        ],
      },
    ],
  ),
  "category-path": rule(
    "category-path",
    'One form for category paths: "A>B/ C" becomes "A / B / C".',
    [
      { kind: "pattern", pattern: " *[/>|\\x{203a}\\x{bb}] *", to: " / " },
      { kind: "pattern", pattern: "^(?: / )+|(?: / )+$", to: "" },
      { kind: "trim" },
    ],
  ),
  date: rule(
    "date",
    "Dates as YYYY-MM-DD from YYYY/MM/DD, YYYYMMDD, DD.MM.YYYY and DD/MM/YYYY (day first).",
    [
      { kind: "trim" },
      {
        kind: "first",
        options: [
          {
            pattern: "([0-9]{4})[/.-]([0-9]{2})[/.-]([0-9]{2})(?:[T ][0-9:.]*Z?)?",
            to: "\\1-\\2-\\3",
          },
          { pattern: "([0-9]{4})([0-9]{2})([0-9]{2})", to: "\\1-\\2-\\3" },
          { pattern: "([0-9]{2})[/.-]([0-9]{2})[/.-]([0-9]{4})", to: "\\3-\\2-\\1" },
          { pattern: "([0-9])[/.-]([0-9]{2})[/.-]([0-9]{4})", to: "\\3-\\2-0\\1" },
        ],
      },
    ],
  ),
};

/**
 * Applies rules in order.
 * @throws SoukError `LAKE_CLEANING_RULE` for an unknown name.
 */
export function cleanText(text: string, rules: readonly CleaningRuleName[]): string {
  return rules.reduce((cleaned, name) => stepsOf(name).reduce(applyStep, cleaned), text);
}

/** The steps of a rule. */
export function stepsOf(name: CleaningRuleName): readonly CleaningStep[] {
  // A name that comes from a configuration file may be anything.
  if (!cleaningRuleNames.includes(name))
    throw new SoukError(
      "LAKE_CLEANING_RULE",
      `expected a rule of ${cleaningRuleNames.join(", ")}, got "${name}"`,
    );
  return cleaningRules[name].steps;
}

/** An amount of money. */
export interface Price {
  /** In pence, cents or the like; two decimals are assumed. */
  readonly minor: number;
  /** ISO 4217; absent when the text names none. */
  readonly currency?: string;
}

/** The price a text such as "£1,234.00" or "12,50 EUR" names, `undefined` when it names none. */
export function parsePrice(text: string): Price | undefined {
  const minor = cleanText(text, ["price-minor"]);
  if (!/^[0-9]{1,15}$/.test(minor) || minor === text.trim()) {
    if (!/^[0-9]{1,13}$/.test(text.trim())) return undefined;
  }
  const currency = cleanText(text, ["price-currency"]);
  return { minor: Number(minor), ...(/^[A-Z]{3}$/.test(currency) ? { currency } : {}) };
}

/** The parts of a category path, outermost first: "A / B / C" gives ["A", "B", "C"]. */
export function splitCategoryPath(path: string): string[] {
  return cleanText(path, ["category-path"])
    .split(" / ")
    .filter((part) => part !== "");
}

function rule(name: CleaningRuleName, about: string, steps: readonly CleaningStep[]): CleaningRule {
  return { name, about, steps };
}

function applyStep(text: string, step: CleaningStep): string {
  switch (step.kind) {
    case "pattern":
      return text.replace(javaScriptPattern(step.pattern, "gu"), javaScriptTarget(step.to));
    case "text":
      return text.replaceAll(step.text, () => step.to);
    case "lowercase":
      // Letter by letter, as SQL does: JavaScript alone would turn a final Σ into ς and İ into two letters.
      return Array.from(text, (letter) => Array.from(letter.toLowerCase())[0] ?? "").join("");
    case "trim":
      return text.replace(/^ +| +$/g, "");
    default: {
      for (const { pattern, to } of step.options) {
        const whole = javaScriptPattern(`^(?:${pattern})$`, "u");
        if (whole.test(text)) return text.replace(whole, javaScriptTarget(to));
      }
      return text;
    }
  }
}

function javaScriptPattern(pattern: string, flags: string): RegExp {
  return new RegExp(pattern.replaceAll(/\\x\{([0-9a-f]+)\}/g, "\\u{$1}"), flags);
}

function javaScriptTarget(to: string): (match: string, ...groups: unknown[]) => string {
  return (_match, ...groups) =>
    to.replaceAll(/\\([1-9])/g, (_reference, digit: string) => {
      const group = groups[Number(digit) - 1];
      return typeof group === "string" ? group : "";
    });
}
