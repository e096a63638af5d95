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
  currency,
}: {
  model: ServedModel;
  inputHash: string;
  predictions: readonly Stored[];
  currency: string | undefined;
}): ReactElement | null {
  const [nowMs] = useState(() => Date.now());
  const corrections = useApi("listCorrections", {
    query: { model: model.model, inputHash, history: true, limit: 100 },
  });
  const format = (value: string | number): string => formatAnswer(model, value, currency);
  const entries = [
    ...predictions.map((one) => predictionEntry(one, format)),
    ...(corrections.data?.items ?? []).map((one) => correctionEntry(one, format)),
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

type Format = (value: string | number) => string;

function predictionEntry({ id, at, version, label, principal }: Stored, format: Format): Entry {
  return { id, at, icon: "spark", text: `Version ${version} said ${format(label)}`, by: principal };
}

function correctionEntry({ id, at, label, by, replacedBy }: Correction, format: Format): Entry {
  const later = replacedBy ? ", until a later correction" : "";
  return { id, at, icon: "edit", text: `Corrected to ${format(label)}${later}`, by };
}
