import { createTheme, type CSSVariablesResolver, type MantineColorsTuple } from "@mantine/core";

/** The one accent: a green of old tiles. */
const souk: MantineColorsTuple = [
  "#e7f7f3",
  "#cdeee6",
  "#9fdfd0",
  "#69cdb7",
  "#3fbda1",
  "#24ac8e",
  "#128f76",
  "#0c7a65",
  "#0a6b5d",
  "#06493f",
];

const dark: MantineColorsTuple = [
  "#dfe3e8",
  "#bcc3cd",
  "#98a1af",
  "#6c7584",
  "#3a414d",
  "#2b313b",
  "#1f242c",
  "#171b21",
  "#12151a",
  "#0c0e12",
];

/** Mantine's red, darkened where white words stand on it. */
const red: MantineColorsTuple = [
  "#fff0f0",
  "#ffdfdf",
  "#ffbdbd",
  "#ff9a9a",
  "#fb7a7a",
  "#ee5353",
  "#dc3b3b",
  "#c92f2f",
  "#b8262b",
  "#931b20",
];

const systemFonts =
  'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", "DejaVu Sans", sans-serif';

export const theme = createTheme({
  colors: { souk, dark, red },
  primaryColor: "souk",
  // White words on either pass WCAG AA.
  primaryShade: { light: 8, dark: 7 },
  fontFamily: systemFonts,
  fontFamilyMonospace:
    'ui-monospace, "Cascadia Code", "SF Mono", Menlo, "Liberation Mono", "DejaVu Sans Mono", monospace',
  headings: { fontFamily: systemFonts, fontWeight: "650" },
  fontSizes: { xs: "0.75rem", sm: "0.8125rem", md: "0.875rem", lg: "1rem", xl: "1.25rem" },
  defaultRadius: "md",
  cursorType: "pointer",
  respectReducedMotion: true,
  components: {
    Tooltip: { defaultProps: { openDelay: 300 } },
    Anchor: { defaultProps: { underline: "hover" } },
    Notification: { defaultProps: { closeButtonProps: { "aria-label": "Close" } } },
  },
});

/** Mantine's own greys for small text miss WCAG AA on white; these do not. */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    "--mantine-color-text": "#1b2027",
    "--mantine-color-dimmed": "#5b6472",
    "--mantine-color-placeholder": "#6b7482",
    "--souk-page": "#f7f8f9",
    "--souk-card": "#ffffff",
    "--souk-line": "#e3e6ea",
    "--souk-accent": "#0a6b5d",
    "--souk-accent-soft": "#e7f4f1",
    "--souk-good": "#18794e",
    "--souk-warn": "#9a5b00",
    "--souk-bad": "#c0272d",
  },
  dark: {
    "--mantine-color-text": "#dfe3e8",
    "--mantine-color-dimmed": "#98a1af",
    "--mantine-color-placeholder": "#8a93a1",
    "--souk-page": "#12151a",
    "--souk-card": "#191d23",
    "--souk-line": "#2b313b",
    "--souk-accent": "#5cc9b1",
    "--souk-accent-soft": "#16312d",
    "--souk-good": "#5fcf9a",
    "--souk-warn": "#efb45c",
    "--souk-bad": "#ff8a87",
    // Mantine's own soft buttons are all but black on these cards.
    "--mantine-color-souk-light": "#16312d",
    "--mantine-color-souk-light-hover": "#1d403a",
    "--mantine-color-souk-light-color": "#7fdcc8",
    "--mantine-color-red-light": "#38262b",
    "--mantine-color-red-light-hover": "#442c31",
    "--mantine-color-red-light-color": "#ffa9a6",
  },
});
