const trusted = Symbol("markup");

/** Text that may stand in a page as it is. Only `html` makes it; nothing parsed from a file can be one. */
export interface Markup {
  readonly [trusted]: string;
}

/** What `html` takes between its words: text and numbers are escaped, `undefined` is nothing. */
export type Part = string | number | Markup | undefined | readonly Part[];

/** A template whose every inserted text is escaped, for element content and for values in double quotes. */
export function html(words: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  let page = words[0];
  parts.forEach((part, i) => (page += render(part) + words[i + 1]));
  return { [trusted]: page };
}

/** The characters of a page. */
export function markupText(markup: Markup): string {
  return markup[trusted];
}

function render(part: Part): string {
  if (part === undefined) return "";
  if (isList(part)) return part.map(render).join("");
  if (typeof part === "object" && part !== null && trusted in part) return part[trusted];
  return escapeText(String(part));
}

function isList(part: Part): part is readonly Part[] {
  return Array.isArray(part);
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
  "`": "&#96;",
};

/** Control characters, which HTML forbids, become U+FFFD. */
function escapeText(text: string): string {
  return text
    .toWellFormed()
    .replace(/[^\P{Cc}\t\n]/gu, "\u{FFFD}")
    .replace(/[&<>"'`]/g, (character) => ENTITIES[character]);
}
