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
] as const;

/** One of `cleaningRuleNames`. */
export type CleaningRuleName = (typeof cleaningRuleNames)[number];
