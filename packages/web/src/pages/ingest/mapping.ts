/** Source column of each dataset column; a dataset column that takes none is not in it. */
export type Mapping = Readonly<Record<string, string>>;

/**
 * What probably goes where: equal names first, then names whose words are found in just one other ("stars" for
 * "star_rating"). A person looks at it before anything is done.
 */
export function guessMapping(wanted: readonly string[], given: readonly string[]): Mapping {
  const mapping: Record<string, string> = {};
  const free = new Set(given);
  const take = (column: string, source: string | undefined): void => {
    if (source === undefined) return;
    mapping[column] = source;
    free.delete(source);
  };
  for (const column of wanted)
    take(
      column,
      [...free].find((source) => source.trim().toLowerCase() === column.toLowerCase()),
    );
  for (const column of wanted)
    if (!mapping[column])
      take(
        column,
        [...free].find((source) => bare(source) === bare(column)),
      );
  // What one name takes may leave another with a single choice: "votes", once "total" is gone.
  for (let before = -1; before !== free.size;) {
    before = free.size;
    for (const source of given.filter((one) => free.has(one))) {
      const fits = wanted.filter((column) => !mapping[column] && isWithin(source, column));
      if (fits.length === 1 && fits[0]) take(fits[0], source);
    }
  }
  return mapping;
}

/** The part of a mapping that the server would not find by itself, which matches equal names: what is worth sending. */
export function neededMapping(mapping: Mapping): Mapping {
  return Object.fromEntries(
    Object.entries(mapping).filter(
      ([column, source]) => source.trim().toLowerCase() !== column.toLowerCase(),
    ),
  );
}

function bare(name: string): string {
  return name.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, "");
}

/** True when every word of one name begins like a word of the other. */
function isWithin(source: string, column: string): boolean {
  const [few, many] = [wordsOf(source), wordsOf(column)];
  return few.length > 0 && few.every((word) => many.some((other) => begins(word, other)));
}

function begins(a: string, b: string): boolean {
  const [short, long] = a.length < b.length ? [a, b] : [b, a];
  return short.length >= 3 && long.startsWith(short);
}

function wordsOf(name: string): string[] {
  return name
    .replaceAll(/(\p{Ll})(\p{Lu})/gu, "$1 $2")
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== "");
}
