import type { RouteAnswer } from "@souk/api";
import { type ReactElement, useState } from "react";
import answering from "../../parts/answering/answering.module.css";
import { formatAnswer, type ServedModel } from "../../parts/answering/served-model.ts";
import { formatAgo, formatTime } from "../../parts/format.ts";
import { Icon } from "../../parts/icon.tsx";
import { useApi } from "../../wire/hooks.ts";
import styles from "./product.module.css";

type Stored = RouteAnswer<"listPredictions">["items"][number];
type Correction = RouteAnswer<"listCorrections">["items"][number];

const SHOWN = 12;

/** What the model was asked about these inputs, what it said, and who corrected it; newest first. */
export function AnswerHistory({
  model,
  inputHash,
  predictions,
}: {
  model: ServedModel;
  inputHash: string;
  predictions: readonly Stored[];
}): ReactElement | null {
  const [nowMs] = useState(() => Date.now());
  const corrections = useApi("listCorrections", {
    query: { model: model.model, inputHash, history: true, limit: 100 },
  });
  const entries = [
    ...predictions.map((one) => predictionEntry(model, one)),
    ...(corrections.data?.items ?? []).map((one) => correctionEntry(model, one)),
  ].toSorted((a, b) => b.at - a.at);
  if (entries.length === 0) return null;
  return (
    <section aria-label={`History of ${model.model}`}>
      <h3 className={answering["sub"]}>History</h3>
      <ol className={styles["history"]}>
        {entries.slice(0, SHOWN).map(({ id, at, icon, text, by }) => (
          <li key={id}>
            <Icon name={icon} size={15} />
            <span>{text}</span>
            <span title={formatTime(at)}>
              {by && `${by} · `}
              {formatAgo(at, nowMs)}
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}

interface Entry {
  readonly id: string;
  readonly at: number;
  readonly icon: "spark" | "edit";
  readonly text: string;
  readonly by?: string | undefined;
}

function predictionEntry(
  model: ServedModel,
  { id, at, version, label, value, principal }: Stored,
): Entry {
  const said = formatAnswer(
    model,
    value !== undefined && model.output.kind === "number" ? value : label,
  );
  return { id, at, icon: "spark", text: `Version ${version} said ${said}`, by: principal };
}

function correctionEntry(model: ServedModel, { id, at, label, by, replacedBy }: Correction): Entry {
  const text = `Corrected to ${formatAnswer(model, label)}${replacedBy ? ", until a later correction" : ""}`;
  return { id, at, icon: "edit", text, by };
}
