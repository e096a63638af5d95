/** More curves than this in one chart tell nothing. */
export const MOST_COMPARED = 10;

/** Ids in the address ("a,b,c"): each once, at most ten. */
export function pickedIn(text: string): readonly string[] {
  const ids = text.split(",").filter((id) => /^[\w.:@+-]{1,200}$/.test(id));
  return [...new Set(ids)].slice(0, MOST_COMPARED);
}
