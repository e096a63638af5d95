import type { ReactElement } from "react";
import { Card } from "../../parts/card.tsx";
import { FactList } from "../../parts/fact-list.tsx";
import { formatNumber } from "../../parts/format.ts";
import { StateOf } from "../../parts/state-of.tsx";
import type { VersionStats } from "./facts.ts";

/** Requests that failed since the server started, by code. */
export function Errors({ stats: { errors } }: { stats: VersionStats }): ReactElement {
  const counted = Object.entries(errors).toSorted(([, a], [, b]) => b - a);
  return (
    <Card title="Errors since the start">
      {counted.length === 0 ? (
        <StateOf kind="empty" icon="check" title="Nothing failed" />
      ) : (
        <FactList
          facts={counted.map(([code, count]) => ({
            name: formatNumber(count),
            value: <code>{code}</code>,
          }))}
        />
      )}
    </Card>
  );
}
