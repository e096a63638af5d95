/** Who did it, as people say it: "cli:ada" is the user ada of a terminal. */
export function authorWords(by: string): string {
  return by.startsWith("cli:") ? `${by.slice(4)}, terminal` : by;
}
