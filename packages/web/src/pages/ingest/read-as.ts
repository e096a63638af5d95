/** How a text file may be read: what separates its fields, and how its letters are written. As the server names them. */
export interface ReadAs {
  /** Set for CSV. */
  readonly delimiter?: Delimiter;
  readonly encoding: Encoding;
}

export const delimiters = { comma: ",", semicolon: ";", tab: "\t", pipe: "|" } as const;
export type Delimiter = keyof typeof delimiters;

export const encodings = ["utf-8", "windows-1252", "utf-16"] as const;
export type Encoding = (typeof encodings)[number];

/**
 * How the letters of a file are probably written: UTF-16 says so itself; when more of the other letters cannot be read as
 * UTF-8 than can, it is Windows-1252, as Excel saves it. A person sees it and can say otherwise.
 */
export function guessEncoding(bytes: Uint8Array): Encoding {
  const [first, second] = bytes;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) return "utf-16";
  const text = new TextDecoder().decode(bytes, { stream: true });
  const broken = text.split("\u{fffd}").length - 1;
  const fine = (text.match(/[^\p{ASCII}\u{fffd}]/gu) ?? []).length;
  return broken > fine ? "windows-1252" : "utf-8";
}

/** The head of a file as text; a letter that was cut at its end is left out. */
export function decodeHead(bytes: Uint8Array, encoding: Encoding): string {
  const isBig = bytes[0] === 0xfe && bytes[1] === 0xff;
  const label = encoding === "utf-16" ? (isBig ? "utf-16be" : "utf-16le") : encoding;
  return new TextDecoder(label).decode(bytes, { stream: true });
}

/** What separates the fields: a comma, or what the first line has most of when it has none. */
export function guessDelimiter(text: string): Delimiter {
  const [line = ""] = text.replaceAll(/"(?:[^"]|"")*"/g, "").split("\n", 1);
  if (line.includes(",")) return "comma";
  const counts = (["semicolon", "tab", "pipe"] as const).map((name) => ({
    name,
    count: line.split(delimiters[name]).length - 1,
  }));
  const [most] = counts.toSorted((a, b) => b.count - a.count);
  return most && most.count > 0 ? most.name : "comma";
}
