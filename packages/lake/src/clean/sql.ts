import { quoteLiteral } from "../quoting.ts";
import { type CleaningRuleName, type CleaningStep, stepsOf } from "./rules.ts";

/** A DuckDB expression that applies rules, in order, to the text `expression`; equals `cleanText`. NULL stays NULL. */
export function cleaningSql(expression: string, rules: readonly CleaningRuleName[]): string {
  return rules.reduce((sql, name) => stepsOf(name).reduce(stepSql, sql), expression);
}

function stepSql(sql: string, step: CleaningStep): string {
  switch (step.kind) {
    case "pattern":
      return `regexp_replace(${sql}, ${quoteLiteral(step.pattern)}, ${quoteLiteral(step.to)}, 'g')`;
    case "text":
      return `replace(${sql}, ${quoteLiteral(step.text)}, ${quoteLiteral(step.to)})`;
    case "lowercase":
      return `lower(${sql})`;
    case "trim":
      return `trim(${sql}, ' ')`;
    default: {
      // A list of one element names the text, so that a long expression is written and computed once.
      const options = step.options.map(
        ({ pattern, to }) =>
          `WHEN regexp_matches(x, ${quoteLiteral(`^(?:${pattern})$`)}) THEN regexp_replace(x, ${quoteLiteral(`^(?:${pattern})$`)}, ${quoteLiteral(to)})`,
      );
      return `list_transform([${sql}], x -> CASE ${options.join(" ")} ELSE x END)[1]`;
    }
  }
}
