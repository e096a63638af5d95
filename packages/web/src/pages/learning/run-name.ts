/** The condition of the filter language for runs whose names hold this text, whatever its case. */
export function runsNamed(text: string): string {
  return `attributes.name ilike ${quotedForFilter(`%${text}%`)}`;
}

/** A text of the filter language, which has two kinds of quotes and no escape: a text with both loses one kind. */
export function quotedForFilter(text: string): string {
  return text.includes("'") ? `"${text.replaceAll('"', "")}"` : `'${text}'`;
}
