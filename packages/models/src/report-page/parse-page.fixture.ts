import assert from "node:assert/strict";
import { decodeHTMLStrict } from "entities";

/** An element of a page with its attributes, decoded. */
interface PageElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** What a page holds; `figures` are its `data` elements: the exact value and what is shown. */
export interface ParsedPage {
  readonly elements: readonly PageElement[];
  readonly text: string;
  readonly figures: readonly { readonly value: number; readonly text: string }[];
}

const VOID = new Set(["meta", "img"]);
const TOKEN =
  /<!doctype html>|<\/([a-z][a-z0-9]*)\s*>|<([a-z][a-z0-9]*)((?:\s+[a-z][\w-]*="[^"<]*")*)\s*(\/?)>|([^<]+)|</gi;

/**
 * Parses a page by rules stricter than HTML's: every element closed in order, every attribute once and in double
 * quotes, no bare `<`, `>` in text or control character, one document element.
 */
export function parsePage(page: string): ParsedPage {
  assert.doesNotMatch(page, /[^\P{Cc}\t\n]/u, "a control character");
  const elements: PageElement[] = [];
  const figures: { value: number; text: string }[] = [];
  const open: PageElement[] = [];
  let text = "";
  for (const [token, closes, opens, attributes, selfClosed, words] of page.matchAll(TOKEN)) {
    if (/^<!doctype/i.test(token)) assert.equal(elements.length, 0);
    else if (closes !== undefined) assert.equal(open.pop()?.name, closes, `${token} closes`);
    else if (opens !== undefined) {
      const element = { name: opens, attributes: parseAttributes(attributes) };
      assert.ok(open.length > 0 || elements.length === 0, "one document element");
      elements.push(element);
      if (VOID.has(opens)) assert.equal(selfClosed, "/", token);
      else if (selfClosed === "") open.push(element);
    } else {
      assert.ok(words !== undefined, `a tag of another form after ${text.slice(-80)}`);
      const within = open.at(-1);
      if (within?.name === "style") continue;
      assert.ok(!words.includes(">"), `a bare > in ${words}`);
      text += decodeHTMLStrict(words);
      if (within?.name === "data")
        figures.push({ value: Number(within.attributes["value"]), text: decodeHTMLStrict(words) });
    }
  }
  assert.deepEqual(open, [], "every element is closed");
  return { elements, text, figures };
}

function parseAttributes(source: string): Record<string, string> {
  const attributes: Record<string, string> = {};
  const rest = source.replaceAll(
    /\s+([a-z][\w-]*)="([^"]*)"/gi,
    (_, name: string, value: string) => {
      assert.ok(!Object.hasOwn(attributes, name), `${name} twice`);
      attributes[name] = decodeHTMLStrict(value);
      return "";
    },
  );
  assert.equal(rest.trim(), "", "attributes are in double quotes");
  return attributes;
}
