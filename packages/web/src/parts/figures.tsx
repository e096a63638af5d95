import { Skeleton } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { ReactElement, ReactNode } from "react";
import { usePageExists } from "./page-link.tsx";
import styles from "./figures.module.css";

/** One number that matters, in words, with how it went lately. */
export interface Figure {
  readonly label: string;
  /** Formatted; undefined while it loads. */
  readonly value: string | undefined;
  /** A short sentence below the number. */
  readonly hint?: ReactNode;
  readonly tone?: "plain" | "good" | "warn" | "bad";
  /** How it went, oldest first. */
  readonly trend?: readonly number[];
  /** Address of the page with more of it; no link where that page does not exist. */
  readonly to?: string;
}

/** Tiles of numbers, as many beside each other as fit. */
export function Figures({ figures }: { figures: readonly Figure[] }): ReactElement {
  return (
    <ul className={styles["figures"]}>
      {figures.map((figure) => (
        <li key={figure.label} className={styles["tile"]} data-tone={figure.tone ?? "plain"}>
          <Tile figure={figure} />
        </li>
      ))}
    </ul>
  );
}

function Tile({ figure: { label, value, hint, trend, to } }: { figure: Figure }): ReactElement {
  const isLink = usePageExists(to ?? "");
  return (
    <>
      <div className={styles["label"]}>
        {to && isLink ? (
          <Link to={to} className={styles["link"]}>
            {label}
          </Link>
        ) : (
          label
        )}
      </div>
      <div className={styles["middle"]}>
        {value === undefined ? (
          <Skeleton height={30} width={90} />
        ) : (
          <span className={styles["value"]} data-long={value.length > 9 || undefined}>
            {value}
          </span>
        )}
        {trend && new Set(trend).size > 1 && <Sparkline values={trend} />}
      </div>
      {hint && <div className={styles["hint"]}>{hint}</div>}
    </>
  );
}

const WIDTH = 92;
const HEIGHT = 30;

/** A small curve without axes; decoration beside its number. */
export function Sparkline({ values }: { values: readonly number[] }): ReactElement {
  const low = Math.min(...values);
  const spread = Math.max(...values) - low || 1;
  const points = values.map((value, index) => {
    const x = 2 + (index / (values.length - 1)) * (WIDTH - 4);
    const y = HEIGHT - 3 - ((value - low) / spread) * (HEIGHT - 6);
    return `${x.toFixed(1)},${y.toFixed(1)}`;
  });
  const line = points.join(" ");
  return (
    <svg
      width={WIDTH}
      height={HEIGHT}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      className={styles["spark"]}
      aria-hidden
    >
      <polygon points={`2,${HEIGHT} ${line} ${WIDTH - 2},${HEIGHT}`} className={styles["area"]} />
      <polyline points={line} />
    </svg>
  );
}
