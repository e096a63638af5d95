import { Switch } from "@mantine/core";
import { type ReactElement, type ReactNode, useState } from "react";
import { Card } from "../../parts/card.tsx";
import { PageLink } from "../../parts/page-link.tsx";
import { formatMetric, isLessBetter, nameOfKey } from "../learning/metric-words.ts";
import type { Run } from "../learning/run-words.ts";
import styles from "./compare.module.css";
import { comparedMetrics, comparedParams } from "./differences.ts";

interface Compared {
  readonly runs: readonly Run[];
  readonly names: ReadonlyMap<string, string>;
}

/** Figures of all runs, the best of the test rows marked. */
export function MetricTable(compared: Compared): ReactElement {
  const rows = comparedMetrics(compared.runs);
  return (
    <Card title="Figures">
      <SideBySide {...compared} label="Figures of the runs" isNumeric>
        {rows.map(({ name, values, differs }) => {
          const best = differs && !name.startsWith("seconds_") ? bestOf(name, values) : undefined;
          return (
            <tr key={name}>
              <th scope="row" title={name}>
                {nameOfKey(name)}
              </th>
              {values.map((value, place) => (
                <td
                  key={compared.runs[place]?.id ?? place}
                  className={styles["number"]}
                  data-best={(value !== undefined && value === best) || undefined}
                >
                  {value === undefined ? "–" : formatMetric(name, value)}
                </td>
              ))}
            </tr>
          );
        })}
      </SideBySide>
    </Card>
  );
}

function bestOf(name: string, values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined);
  if (known.length < 2) return undefined;
  return isLessBetter(name) ? Math.min(...known) : Math.max(...known);
}

/** What each run was told; what differs is marked and comes first. */
export function ParamTable(compared: Compared): ReactElement {
  const [showsSame, setShowsSame] = useState(false);
  const rows = comparedParams(compared.runs);
  const shown = rows.filter(({ differs }) => differs || showsSame);
  return (
    <Card
      title="Params"
      actions={
        <Switch
          size="xs"
          label="Also those that are the same"
          checked={showsSame}
          onChange={(event) => setShowsSame(event.currentTarget.checked)}
        />
      }
    >
      {shown.length === 0 ? (
        <p>All runs were told the same.</p>
      ) : (
        <SideBySide {...compared} label="Params of the runs">
          {shown.map(({ name, values, differs }) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              {values.map((value, place) => (
                <td
                  key={compared.runs[place]?.id ?? place}
                  data-differs={differs || undefined}
                  title={value}
                >
                  {value ?? "–"}
                </td>
              ))}
            </tr>
          ))}
        </SideBySide>
      )}
    </Card>
  );
}

function SideBySide({
  runs,
  names,
  label,
  isNumeric = false,
  children,
}: Compared & { label: string; isNumeric?: boolean; children: ReactNode }): ReactElement {
  return (
    <div className={styles["scroller"]} tabIndex={0} role="region" aria-label={label}>
      <table className={styles["table"]}>
        <thead>
          <tr>
            <th scope="col">Name</th>
            {runs.map(({ id }) => (
              <th
                key={id}
                scope="col"
                title={names.get(id)}
                className={isNumeric ? styles["number"] : undefined}
              >
                <PageLink to="/runs/$id" params={{ id }}>
                  {names.get(id)}
                </PageLink>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  );
}
