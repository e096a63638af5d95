import { type ReactElement, useState } from "react";
import { authorWords } from "../../parts/author-words.ts";
import { Card } from "../../parts/card.tsx";
import { CommandLine } from "../../parts/command-line.tsx";
import { copyTextsOf } from "../../parts/copy-as.tsx";
import { Figures } from "../../parts/figures.tsx";
import { formatAgo, formatTime } from "../../parts/format.ts";
import { Icon } from "../../parts/icon.tsx";
import { exportableOf, PageHeader } from "../../parts/page-header.tsx";
import { PageLink } from "../../parts/page-link.tsx";
import { Loading, StateOf } from "../../parts/state-of.tsx";
import { usePerson } from "../../wire/hooks.ts";
import { type Change, changesOf, foldedChanges } from "./facts.ts";
import { figuresOf, type Overview, verdictOf } from "./figures.ts";
import styles from "./home.module.css";
import { type NextStep, nextSteps } from "./next-steps.ts";
import { Pinned } from "./pinned.tsx";
import { useOverview } from "./use-overview.ts";

/** What matters now for whoever is logged in, what changed, and what to do next. */
export function Page(): ReactElement {
  const { permissions } = usePerson();
  const { overview, failure, retry } = useOverview();
  const [nowMs] = useState(() => Date.now());
  if (failure)
    return (
      <>
        <PageHeader title="Home" />
        <StateOf
          kind="error"
          title="The shop could not be read"
          text={`${failure.message} (${failure.code})`}
          onRetry={retry}
        />
      </>
    );
  const { text, tone } = verdictOf(overview);
  return (
    <>
      <PageHeader
        title="Home"
        verdict={text}
        tone={tone}
        copy={copyTextsOf("listModels", {}, "npx souk models")}
        exports={exportableOf("changes", changeColumns, changesIn(overview, MOST_CHANGES))}
      />
      <Figures figures={figuresOf(overview, { permissions, nowMs })} />
      <Pinned />
      <div className={styles["columns"]}>
        <Card title="What changed">
          <Changes overview={overview} nowMs={nowMs} />
        </Card>
        <Card title="Next steps">
          <Steps overview={overview} />
        </Card>
      </div>
    </>
  );
}

/** Changes taken away as a file; those shown. */
const MOST_CHANGES = 200;
const SHOWN_CHANGES = 8;

const changeColumns = [
  { id: "at", value: ({ at }: Change) => new Date(at).toISOString() },
  { id: "kind", value: ({ kind }: Change) => kind },
  { id: "text", value: ({ text }: Change) => text },
  { id: "by", value: ({ by }: Change) => by },
];

function changesIn({ promotions, jobs, datasets }: Overview, most: number): Change[] {
  return changesOf(
    { promotions: promotions ?? [], jobs: jobs ?? [], datasets: datasets ?? [] },
    most,
  );
}

const iconOf = { promotion: "stamp", job: "pulse", data: "database" } as const;

function Changes({ overview, nowMs }: { overview: Overview; nowMs: number }): ReactElement {
  if (!overview.datasets || !overview.jobs || !overview.promotions) return <Loading />;
  const changes = foldedChanges(changesIn(overview, MOST_CHANGES), SHOWN_CHANGES);
  if (changes.length === 0)
    return (
      <StateOf
        kind="empty"
        icon="clock"
        title="Nothing has happened yet"
        text="New data, trainings and promotions will show up here by themselves."
      />
    );
  return (
    <ol className={styles["changes"]}>
      {changes.map(({ id, at, kind, text, by, tone, times }) => (
        <li key={id} data-tone={tone}>
          <span className={styles["mark"]}>
            <Icon name={iconOf[kind]} size={16} />
          </span>
          <span className={styles["what"]}>
            {text}
            {times !== undefined && <span className={styles["times"]}>{times} times</span>}
          </span>
          <span className={styles["when"]} title={formatTime(at)}>
            {by && <span className={styles["by"]}>{authorWords(by)}</span>}
            {formatAgo(at, nowMs)}
          </span>
        </li>
      ))}
    </ol>
  );
}

function Steps({ overview }: { overview: Overview }): ReactElement {
  const { permissions } = usePerson();
  const { datasets, serving, predictions, users } = overview;
  if (!datasets || !serving) return <Loading />;
  const steps = nextSteps(
    {
      datasets,
      serving,
      ...(predictions && { predictions: predictions.length }),
      ...(users !== undefined && { users }),
    },
    permissions,
  );
  if (steps.length === 0)
    return (
      <StateOf
        kind="empty"
        icon="check"
        title="Nothing waits for you"
        text="The shop runs. Come back when something changed."
      />
    );
  return (
    <ul className={styles["steps"]}>
      {steps.map((step) => (
        <Step key={step.id} step={step} />
      ))}
    </ul>
  );
}

function Step({ step: { title, text, command, page } }: { step: NextStep }): ReactElement {
  return (
    <li>
      <h3>{page ? <PageLink to={page}>{title}</PageLink> : title}</h3>
      <p>{text}</p>
      {command && <CommandLine text={command} />}
    </li>
  );
}
