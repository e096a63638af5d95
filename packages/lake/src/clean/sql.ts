import type { CleaningRuleName } from "./rules.ts";
/** x */
export function cleaningSql(expression: string, _rules: readonly CleaningRuleName[]): string {
  return expression;
}
