import type { ReactElement } from "react";
import { formatBytes, formatDuration } from "../../parts/format.ts";
import { PageLink } from "../../parts/page-link.tsx";
import { formatMetric, nameOfMetric } from "../learning/metric-words.ts";
import { type Board, type Place, scaleOf, ticksOf, toBestOf } from "./board-words.ts";
import styles from "./leaderboard.module.css";

/** The places, each with its interval on one axis: what overlaps the first may be as good. */
export function Places({ board }: { board: Board }): ReactElement {
  const scale = scaleOf(board.rows);
  const [best] = board.rows;
  return (
    <div className={styles["scroller"]} tabIndex={0} role="region" aria-label="Places as a table">
      <table className={styles["board"]}>
        <thead>
          <tr>
            <th scope="col">Rank</th>
            <th scope="col">Family</th>
            <th scope="col" className={styles["number"]}>
              {nameOfMetric(board.metric)}
            </th>
            <th scope="col" className={styles["drawn"]}>
              95 % interval
            </th>
            <th scope="col">To the first</th>
            <th scope="col" className={styles["number"]}>
              One answer
            </th>
            <th scope="col" className={styles["number"]}>
              Size
            </th>
            <th scope="col" className={styles["number"]}>
              Training
            </th>
          </tr>
        </thead>
        <tbody>
          {board.rows.map((place) => (
            <PlaceRow
              key={place.name}
              place={place}
              metric={board.metric}
              scale={scale}
              best={best?.value ?? place.value}
            />
          ))}
        </tbody>
        <AxisRow board={board} scale={scale} />
      </table>
    </div>
  );
}

/** The values below the intervals; the numbers themselves are in the rows. */
function AxisRow({
  board: { rows, metric },
  scale,
}: {
  board: Board;
  scale: (value: number) => number;
}): ReactElement {
  const ticks = ticksOf(
    Math.min(...rows.map(({ low }) => low)),
    Math.max(...rows.map(({ high }) => high)),
  );
  return (
    <tfoot aria-hidden>
      <tr>
        <td colSpan={3} />
        <td className={styles["drawn"]}>
          <svg className={styles["ticks"]}>
            {ticks.map((tick) => (
              <text key={tick} x={`${scale(tick)}%`} y="12" textAnchor="middle">
                {formatMetric(metric, tick).replace(".0 %", " %")}
              </text>
            ))}
          </svg>
        </td>
        <td colSpan={4} />
      </tr>
    </tfoot>
  );
}

function PlaceRow({
  place,
  metric,
  scale,
  best,
}: {
  place: Place;
  metric: string;
  scale: (value: number) => number;
  best: number;
}): ReactElement {
  const { rank, name, value, low, high, latencyMs, sizeBytes, seconds, runId, version } = place;
  const toBest = toBestOf(place, metric);
  const told = `${formatMetric(metric, low)} to ${formatMetric(metric, high)}`;
  return (
    <tr data-first={!toBest || undefined} data-tied={toBest?.isToldApart === false || undefined}>
      <td>
        <span className={styles["rank"]}>{rank}</span>
      </td>
      <th scope="row">
        <PageLink to="/runs/$id" params={{ id: runId }}>
          {name}
        </PageLink>
        {version !== undefined && ` v${version}`}
      </th>
      <td className={styles["number"]}>{formatMetric(metric, value)}</td>
      <td className={styles["drawn"]}>
        <svg className={styles["interval"]} role="img" aria-label={`${told}, 95 %`}>
          <title>{told}</title>
          <line
            className={styles["best"]}
            x1={`${scale(best)}%`}
            x2={`${scale(best)}%`}
            y1="-8"
            y2="30"
          />
          <rect
            x={`${scale(low)}%`}
            width={`${Math.max(0, scale(high) - scale(low))}%`}
            y="7"
            height="8"
            rx="4"
          />
          <circle cx={`${scale(value)}%`} cy="11" r="5" />
        </svg>
      </td>
      <td data-label="To the first">{toBest?.text ?? "it is the first"}</td>
      <td className={styles["number"]} data-label="One answer">
        {`${Number(latencyMs.toPrecision(2))} ms`}
      </td>
      <td className={styles["number"]} data-label="Size">
        {formatBytes(sizeBytes)}
      </td>
      <td className={styles["number"]} data-label="Training">
        {formatDuration(seconds * 1000)}
      </td>
    </tr>
  );
}

/** Columns of the board as a file. */
export const placeColumns = [
  { id: "rank", value: ({ rank }: Place) => rank },
  { id: "family", value: ({ family }: Place) => family },
  { id: "value", value: ({ value }: Place) => value },
  { id: "low", value: ({ low }: Place) => low },
  { id: "high", value: ({ high }: Place) => high },
  { id: "latencyMs", value: ({ latencyMs }: Place) => latencyMs },
  { id: "batchLatencyMs", value: ({ batchLatencyMs }: Place) => batchLatencyMs },
  { id: "sizeBytes", value: ({ sizeBytes }: Place) => sizeBytes },
  { id: "seconds", value: ({ seconds }: Place) => seconds },
  { id: "runId", value: ({ runId }: Place) => runId },
  { id: "version", value: ({ version }: Place) => version },
];
