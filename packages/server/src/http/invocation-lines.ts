import { SoukError } from "@souk/core";
import { scanNesting } from "./nesting.ts";

const MOST_LINES = 10_000;
const LONGEST_TEXT = 100_000;

/**
 * The text of each line `{"features": ["text"]}`; empty lines are passed over.
 * @throws SoukError `PREDICT_NO_TEXT` when there is none, `HTTP_INVALID` with the line that is wrong.
 */
export function invocationLines(body: unknown): readonly string[] {
  const lines =
    typeof body === "string" ? body.split("\n").filter((line) => line.trim() !== "") : [];
  if (lines.length === 0) throw new SoukError("PREDICT_NO_TEXT", "No text provided");
  if (lines.length > MOST_LINES)
    throw new SoukError(
      "HTTP_TOO_LARGE",
      `At most ${MOST_LINES} lines a request, got ${lines.length}`,
    );
  return lines.map((line, index) => textOfLine(line, index + 1));
}

function textOfLine(line: string, number: number): string {
  scanNesting(line);
  const features = featuresOf(line);
  const [text] = Array.isArray(features) ? features : [];
  if (typeof text === "string" && text.length <= LONGEST_TEXT && text.trim() !== "") return text;
  throw new SoukError(
    "HTTP_INVALID",
    `line ${number}: expected {"features": ["text"]} with a text of 1 to ${LONGEST_TEXT} characters`,
  );
}

function featuresOf(line: string): unknown {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null && "features" in value
      ? value.features
      : undefined;
  } catch {
    return undefined;
  }
}
