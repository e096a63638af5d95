import { Button, Group, TextInput } from "@mantine/core";
import { type ReactElement, useState } from "react";
import { authorWords } from "../../parts/author-words.ts";
import { Card } from "../../parts/card.tsx";
import { FactList } from "../../parts/fact-list.tsx";
import { formatTime } from "../../parts/format.ts";
import { PageLink } from "../../parts/page-link.tsx";
import { Answer, StateOf } from "../../parts/state-of.tsx";
import { useUrlState } from "../../parts/url-state.ts";
import { useApi } from "../../wire/hooks.ts";
import { CommandLine } from "../../parts/command-line.tsx";
import { localText, moments } from "./moments.ts";
import styles from "./deciding.module.css";
import layout from "../../parts/layout.module.css";
import type { LogEntry, ServedSpan } from "./standing.ts";

/** What served at a moment one picks, trained on what, promoted by whom. */
export function ServedAt({
  model,
  log,
}: {
  /** Only this model; absent: all. */
  model?: string;
  log: readonly LogEntry[];
}): ReactElement {
  const [picked, pick] = useUrlState("at");
  const [openedMs] = useState(() => Date.now());
  const atMs = picked === "" ? openedMs : new Date(picked).getTime();
  const isTime = Number.isFinite(atMs);
  const at = isTime ? new Date(atMs).toISOString() : "";
  const query = { at, ...(model !== undefined && { model }) };
  const answer = useApi("servedAt", { query }, { enabled: isTime, keepPrevious: true });
  return (
    <Card title="What served when">
      <Group gap="xs" align="flex-end" mb="sm">
        <TextInput
          type="datetime-local"
          size="xs"
          label="Moment"
          value={localText(isTime ? atMs : openedMs)}
          onChange={(event) => pick(event.currentTarget.value)}
        />
        {moments(openedMs).map(({ name, atMs: moment }) => (
          <Button key={name} size="xs" variant="default" onClick={() => pick(localText(moment))}>
            {name}
          </Button>
        ))}
      </Group>
      <Answer
        query={answer}
        permission="models:read"
        isEmpty={({ items }) => items.length === 0}
        empty={<NothingServed atMs={atMs} log={log} />}
      >
        {({ items }) => (
          <div role="status" aria-label="What served">
            <p className={layout["note"]}>At {formatTime(atMs)}:</p>
            <div className={styles["spans"]}>
              {items.map((span) => (
                <Span key={`${span.model} ${span.alias}`} span={span} />
              ))}
            </div>
          </div>
        )}
      </Answer>
      <CommandLine
        text={`npx souk served-at ${at === "" ? "now" : at}${model === undefined ? "" : ` --model ${model}`}`}
      />
    </Card>
  );
}

function NothingServed({ atMs, log }: { atMs: number; log: readonly LogEntry[] }): ReactElement {
  const first = log.findLast(({ alias }) => alias !== undefined);
  return (
    <div role="status" aria-label="What served">
      <StateOf
        kind="empty"
        icon="clock"
        title={`Nothing served at ${formatTime(atMs)}`}
        text={first ? `The first version began to serve at ${formatTime(first.at)}.` : undefined}
      />
    </div>
  );
}

function Span({ span }: { span: ServedSpan }): ReactElement {
  const { model, version, alias, runId, data, promotedBy, reason, forced, from, until } = span;
  return (
    <article className={styles["span"]}>
      <h3>
        <PageLink to="/registry/$name/$version" params={{ name: model, version: String(version) }}>
          {model} version {version}
        </PageLink>{" "}
        served as {alias}
      </h3>
      <FactList
        facts={[
          {
            name: "Trained on",
            value: data ? (
              <>
                <PageLink to="/datasets/$name" params={{ name: data.dataset }}>
                  {data.dataset} version {data.version}
                </PageLink>{" "}
                <code title={data.hash}>{data.hash.slice(0, 12)}</code>
              </>
            ) : (
              "not recorded"
            ),
          },
          {
            name: "By run",
            value: runId ? (
              <PageLink to="/runs/$id" params={{ id: runId }}>
                {runId}
              </PageLink>
            ) : (
              "none of Souk's"
            ),
          },
          {
            name: "Promoted by",
            value: `${authorWords(promotedBy)}${forced ? ", against the gate" : ""}`,
          },
          { name: "Because", value: reason },
          { name: "From", value: formatTime(from) },
          { name: "Until", value: until === undefined ? "now" : formatTime(until) },
        ]}
      />
    </article>
  );
}
