import { Progress as Bar, Text } from "@mantine/core";
import type { ReactElement } from "react";
import { authorWords } from "../../parts/author-words.ts";
import { Card } from "../../parts/card.tsx";
import { CommandLine } from "../../parts/command-line.tsx";
import { FactList } from "../../parts/fact-list.tsx";
import { formatDuration, formatTime } from "../../parts/format.ts";
import { LiveChart } from "../../parts/live-chart.tsx";
import { PageLink } from "../../parts/page-link.tsx";
import { Loading, StateOf } from "../../parts/state-of.tsx";
import { Tag } from "../../parts/tag.tsx";
import { capital } from "../learning/metric-words.ts";
import { type Evaluation, phaseWords, type Run, toneOfStatus } from "../learning/run-words.ts";
import { FiguresTable, PairsTable } from "./figures-table.tsx";
import { ResumeLine } from "./resume.tsx";
import styles from "./run.module.css";
import type { LiveRun } from "./use-live-run.ts";

/** Curves first, then figures, then what made the run what it is. */
export function Overview({
  run,
  live,
  evaluation,
}: {
  run: Run;
  live: LiveRun;
  evaluation: Evaluation | undefined;
}): ReactElement {
  const params = Object.entries(run.params ?? {});
  const metrics = Object.entries(run.metrics ?? {});
  return (
    <div className={styles["stack"]}>
      <Card title="Curves">
        {run.status === "running" && <Doing live={live} />}
        <Curves run={run} live={live} />
      </Card>
      <div className={styles["columns"]}>
        <div className={styles["stack"]}>
          {evaluation && (
            <Card title="On rows it never saw">
              <FiguresTable evaluation={evaluation} />
            </Card>
          )}
          {!evaluation && metrics.length > 0 && (
            <Card title="Latest values">
              <PairsTable name="metrics" label="metrics" pairs={metrics} />
            </Card>
          )}
          <Card title="Params">
            <PairsTable name="params" label="params" pairs={params} />
          </Card>
        </div>
        <Card title="Where it comes from">
          <Origin run={run} />
        </Card>
      </div>
    </div>
  );
}

function Doing({ live: { phase, progress } }: { live: LiveRun }): ReactElement {
  const share = progress && (100 * progress.done) / progress.total;
  const words = (phase && phaseWords[phase]) ?? "At work";
  return (
    <div className={styles["progress"]}>
      <Text size="sm" c="dimmed" mb={4} role="status">
        {words}
        {progress?.etaMs !== undefined &&
          `, about ${formatDuration(Math.round(progress.etaMs / 1000) * 1000).replace(".0 s", " s")} left`}
      </Text>
      <Bar value={share ?? 100} animated={share === undefined} size="sm" aria-label={words} />
    </div>
  );
}

function Curves({ run, live: { groups } }: { run: Run; live: LiveRun }): ReactElement {
  if (!groups) return <Loading />;
  if (groups.length === 0)
    return run.status === "running" ? (
      <Text c="dimmed">Curves appear with the second point of a figure.</Text>
    ) : (
      <StateOf
        kind="empty"
        icon="chart"
        title="No curves"
        text="This run logged no figure more than once."
      />
    );
  return (
    <div className={styles["charts"]}>
      {groups.map(({ figure, buffer }) => (
        <div key={figure} className={styles["chart"]}>
          <h3>{figure === "" ? "All figures" : capital(figure)}</h3>
          <LiveChart
            buffer={buffer}
            label={figure === "" ? "All figures of the run" : `${capital(figure)} by step`}
            height={figure === "" ? 360 : 240}
          />
        </div>
      ))}
    </div>
  );
}

function Origin({ run }: { run: Run }): ReactElement {
  const { startedAt, endedAt, data, git, command } = run;
  const who = run.createdBy ?? run.tags?.["by"];
  const facts = [
    { name: "Status", value: <Tag tone={toneOfStatus[run.status] ?? "plain"}>{run.status}</Tag> },
    { name: "Task", value: run.task },
    { name: "Family", value: run.family },
    { name: "Experiment", value: run.experiment },
    { name: "By", value: who && authorWords(who) },
    { name: "Started", value: startedAt && formatTime(startedAt) },
    { name: "Took", value: startedAt && endedAt && formatDuration(endedAt - startedAt) },
    {
      name: "Data",
      value: data && (
        <>
          <PageLink to="/datasets/$name" params={{ name: data.dataset }}>
            {data.dataset}
          </PageLink>
          {` version ${data.version}, ${data.hash.slice(0, 12)}`}
        </>
      ),
    },
    {
      name: "Code",
      value:
        git &&
        `${git.commit.slice(0, 12)}${git.branch ? ` on ${git.branch}` : ""}${git.dirty ? ", changed" : ""}`,
    },
    {
      name: "Part of",
      value: run.parentId && (
        <PageLink to="/runs/$id" params={{ id: run.parentId }}>
          {run.parentId}
        </PageLink>
      ),
    },
    { name: "Id", value: run.id },
  ];
  return (
    <>
      <FactList facts={facts.filter(({ value }) => Boolean(value))} />
      <ResumeLine run={run} />
      {command && (
        <div className={styles["reproduce"]}>
          <Text size="xs" c="dimmed" mb={4}>
            The same again
          </Text>
          <CommandLine text={`npx ${command}${data ? ` --at ${data.version}` : ""}`} />
        </div>
      )}
    </>
  );
}
