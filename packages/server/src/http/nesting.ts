import { SoukError } from "@souk/core";

/** Deeper JSON than any route needs: a parser or checker that recurses would run out of stack. */
const DEEPEST = 32;

/** Refuses JSON text nested deeper than 32. Brackets within strings do not count. @throws SoukError `HTTP_JSON`. */
export function scanNesting(text: string): void {
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit === QUOTE) i = endOfString(text, i + 1);
    else if (unit === OPEN_BRACKET || unit === OPEN_BRACE) depth++;
    else if (unit === CLOSE_BRACKET || unit === CLOSE_BRACE) depth--;
    if (depth > DEEPEST) throw new SoukError("HTTP_JSON", `JSON is nested deeper than ${DEEPEST}`);
  }
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/** Where the string that began before `from` ends. */
function endOfString(text: string, from: number): number {
  for (let i = from; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit === BACKSLASH) i++;
    else if (unit === QUOTE) return i;
  }
  return text.length;
}
