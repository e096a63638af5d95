/** Colours of series, far apart for most kinds of colour blindness; the first is the accent. Source: Okabe and Ito, adapted. */
const light = [
  "#0a6b5d",
  "#d1622b",
  "#3567b8",
  "#b8860b",
  "#a0418f",
  "#2c93a8",
  "#6b7a1f",
  "#7d5fb2",
];
const dark = [
  "#5cc9b1",
  "#f0955f",
  "#7fa8f0",
  "#e3bd5a",
  "#dc8fcd",
  "#71c6d8",
  "#b4c45c",
  "#b49be0",
];

/** The colour of the series at a place, in a scheme. */
export function colorAt(place: number, scheme: "light" | "dark"): string {
  const colors = scheme === "dark" ? dark : light;
  return colors[place % colors.length] ?? colors[0] ?? "currentColor";
}

/** All colours of a scheme, in order. */
export function colorsOf(scheme: "light" | "dark"): readonly string[] {
  return scheme === "dark" ? dark : light;
}
