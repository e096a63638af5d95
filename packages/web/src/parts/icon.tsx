import type { ReactElement } from "react";

/** Outlines on a 24 by 24 grid, drawn in the colour of the text around them. */
const outlines = {
  home: "M4 11l8-7 8 7M6 9.5V20h12V9.5M10 20v-6h4v6",
  box: "M12 3l8 4.5v9L12 21l-8-4.5v-9zM4 7.5l8 4.5 8-4.5M12 12v9",
  spark: "M12 3l1.9 5.6L19.5 10.5l-5.6 1.9L12 18l-1.9-5.6L4.5 10.5l5.6-1.9zM19 16v4M17 18h4",
  database:
    "M4 6c0-1.7 3.6-3 8-3s8 1.3 8 3-3.6 3-8 3-8-1.3-8-3zM4 6v12c0 1.7 3.6 3 8 3s8-1.3 8-3V6M4 12c0 1.7 3.6 3 8 3s8-1.3 8-3",
  shield: "M12 3l7.5 3v5.5c0 4.5-3.2 7.8-7.5 9.5-4.3-1.7-7.5-5-7.5-9.5V6zM9 12l2.2 2.2L15.2 10",
  query: "M4 5h16v14H4zM7.5 9.5L10 12l-2.5 2.5M12 15h4.5",
  pulse: "M3 12h4l2.5-7 5 14L17 12h4",
  trend: "M3 17l6-6 4 4 8-9M15 6h6v6",
  sliders: "M5 4v7M5 15v5M12 4v3M12 11v9M19 4v9M19 17v3M2.5 13h5M9.5 9h5M16.5 15h5",
  trophy:
    "M8 4h8v6a4 4 0 0 1-8 0zM8 6H4.5v1.5A3.5 3.5 0 0 0 8 11M16 6h3.5v1.5A3.5 3.5 0 0 1 16 11M12 14v3M8.5 20h7M10 20c0-1.5.7-3 2-3s2 1.5 2 3",
  stamp:
    "M4 20h16M6 16.5h12V14a2 2 0 0 0-2-2h-2.5l.9-4.7A2.5 2.5 0 1 0 9.6 7.3l.9 4.7H8a2 2 0 0 0-2 2z",
  server: "M4 4h16v7H4zM4 13h16v7H4zM7.5 7.5h.01M7.5 16.5h.01M11 7.5h5.5M11 16.5h5.5",
  cog: "M12 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6zM12 3v3M12 18v3M3 12h3M18 12h3M5.6 5.6l2.2 2.2M16.2 16.2l2.2 2.2M18.4 5.6l-2.2 2.2M7.8 16.2l-2.2 2.2",
  people:
    "M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM2.5 20c.3-3.7 3-6 6.5-6s6.2 2.3 6.5 6M16 4.5a3.5 3.5 0 0 1 0 6M18 14.5c2 .8 3.3 2.8 3.5 5.5",
  key: "M8 20a4.5 4.5 0 1 1 3.9-6.7L20 5.5M16.5 9l2.5 2.5M13.8 11.6l1.7 1.7",
  sun: "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM12 2.5v2M12 19.5v2M2.5 12h2M19.5 12h2M5.3 5.3l1.4 1.4M17.3 17.3l1.4 1.4M18.7 5.3l-1.4 1.4M6.7 17.3l-1.4 1.4",
  moon: "M20 14.5A8.5 8.5 0 0 1 9.5 4 8.5 8.5 0 1 0 20 14.5z",
  screen: "M3 4.5h18v11.5H3zM9 20h6M12 16v4",
  search: "M10.5 4a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13zM15.3 15.3L20.5 20.5",
  copy: "M9 9h11v11H9zM5 15H4V4h11v1",
  download: "M12 4v11M7.5 11l4.5 4.5 4.5-4.5M4 20h16",
  upload: "M12 16V5M7.5 9L12 4.5 16.5 9M4 20h16",
  check: "M4.5 12.5l5 5 10-11",
  cross: "M6 6l12 12M18 6L6 18",
  warning: "M12 4L2.5 20h19zM12 10v4.5M12 17.3h.01",
  info: "M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17zM12 11v5M12 8h.01",
  lock: "M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3",
  right: "M9.5 5.5L16 12l-6.5 6.5",
  down: "M5.5 9.5L12 16l6.5-6.5",
  up: "M5.5 14.5L12 8l6.5 6.5",
  sort: "M8 10l4-4.5L16 10M8 14l4 4.5L16 14",
  arrow: "M4 12h15M13 6l6 6-6 6",
  leave: "M14 4h5v16h-5M10 8l-4 4 4 4M6 12h9",
  terminal: "M4 5h16v14H4zM7.5 9.5L10 12l-2.5 2.5M12 15h4",
  refresh: "M20 6v5h-5M4 18v-5h5M18.5 9A7.5 7.5 0 0 0 5.3 9.5M5.5 15a7.5 7.5 0 0 0 13.2-.5",
  clock: "M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17zM12 7.5V12l3 2",
  plus: "M12 5v14M5 12h14",
  minus: "M5 12h14",
  file: "M6 3h8l4.5 4.5V21H6zM14 3v5h4.5",
  table: "M4 5h16v14H4zM4 10h16M4 14.5h16M10 10v9",
  chart: "M4 4v16h16M8 16v-4M12 16V8M16 16v-6",
  play: "M7 4.5v15l12-7.5z",
  stop: "M6 6h12v12H6z",
  undo: "M8 5L4 9l4 4M4 9h10a5.5 5.5 0 0 1 0 11h-4",
  image: "M4 5h16v14H4zM4 16l5-5 4 4 2.5-2.5L20 17M15.5 9h.01",
  tag: "M4 4h8l8.5 8.5-8 8L4 12zM8 8h.01",
  pin: "M9 4h6l-1 6 3 3H7l3-3zM12 13v7",
  trash: "M5 7h14M9 7V4.5h6V7M7 7l1 13h8l1-13",
  edit: "M4 20l1-4.5L16 4.5l3.5 3.5L8.5 19z",
  more: "M5.5 12h.01M12 12h.01M18.5 12h.01",
} as const;

export type IconName = keyof typeof outlines;

/** One of the outlines. Decoration unless `label` says what it means on its own. */
export function Icon({
  name,
  size = 18,
  label,
}: {
  name: IconName;
  /** Pixels, default 18. */
  size?: number;
  label?: string;
}): ReactElement {
  const meaning = label ? { role: "img", "aria-label": label } : { "aria-hidden": true };
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth={size < 20 ? 1.8 : 1.6}
      strokeLinecap="round"
      strokeLinejoin="round"
      {...meaning}
    >
      <path d={outlines[name]} />
    </svg>
  );
}
