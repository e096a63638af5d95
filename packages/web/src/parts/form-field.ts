/** The text of a field of a form that was submitted; "" when it has none. */
export function fieldOf(data: FormData, name: string): string {
  const value = data.get(name);
  return typeof value === "string" ? value : "";
}
