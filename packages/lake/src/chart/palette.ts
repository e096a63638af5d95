/** One colour after another for categories; told apart by the colour blind. Source: Okabe and Ito (2008), order changed, darkened for white. */
export const categoryColours: readonly string[] = [
  "#0b6aa8",
  "#d9822b",
  "#1f8a70",
  "#b8437f",
  "#6c5fb0",
  "#8a6d1d",
  "#4aa3df",
  "#7a7a7a",
];

/** One to five stars, warning to praise, even for the colour blind. Source: ColorBrewer "RdYlBu", five classes. */
export const starColours: Readonly<Record<string, string>> = {
  "1": "#c8443c",
  "2": "#f0986a",
  "3": "#e9d8a6",
  "4": "#8fbfd8",
  "5": "#2f6ea6",
};

export const inkColours = { text: "#1f2933", soft: "#5b6770", line: "#dfe3e8", back: "#ffffff" };

/** First a font that is embedded when a PNG is made, then what browsers have. */
export const fontFamily = "DejaVu Sans, Verdana, Arial, sans-serif";
