const typeNames: Readonly<Record<string, string>> = {
  VARCHAR: "text",
  INTEGER: "whole number",
  BIGINT: "whole number",
  DOUBLE: "number",
  BOOLEAN: "yes or no",
  DATE: "date",
  TIMESTAMPTZ: "time",
  "TIMESTAMP WITH TIME ZONE": "time",
};

/** A column type for people: "whole number". */
export function typeWords(type: string): string {
  return typeNames[type.toUpperCase()] ?? type.toLowerCase();
}
