import { Button, Progress, Select } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { type ReactElement, useEffect, useState } from "react";
import { Card } from "../../parts/card.tsx";
import { copyTextsOf } from "../../parts/copy-as.tsx";
import { formatTime } from "../../parts/format.ts";
import { Icon } from "../../parts/icon.tsx";
import layout from "../../parts/layout.module.css";
import { exportableOf, PageHeader } from "../../parts/page-header.tsx";
import { Answer, StateOf } from "../../parts/state-of.tsx";
import { useUrlState } from "../../parts/url-state.ts";
import { memberOf } from "../../wire/answers.ts";
import { useApi, useMay } from "../../wire/hooks.ts";
import { watchRun } from "../../wire/live.ts";
import { StudyActions } from "./actions.tsx";
import { BestSoFar, Importance } from "./charts.tsx";
import { StartStudy } from "./start-study.tsx";
import { type Study, verdictOfStudy } from "./study-words.ts";
import { trialColumns, Trials } from "./trials.tsx";

/** Studies of settings: begun here, watched trial by trial, and their best trained. */
export function Page(): ReactElement {
  const list = useApi("listStudies", { query: { limit: 200 } });
  const [chosen, setChosen] = useUrlState("study");
  const id = chosen || list.data?.items[0]?.id;
  const [isStarting, setStarting] = useState(false);
  const mayTrain = useMay("training:run");
  const study = useApi("getStudy", { params: { id: id ?? "" } }, { enabled: id !== undefined });
  useTrialsLive(id);
  const start = mayTrain && (
    <Button
      size="xs"
      leftSection={<Icon name="play" size={14} />}
      onClick={() => setStarting(true)}
    >
      Start a study
    </Button>
  );
  return (
    <>
      <Head study={study.data}>{start}</Head>
      {mayTrain && (
        <StartStudy opened={isStarting} onClose={() => setStarting(false)} onStudy={setChosen} />
      )}
      <Answer
        query={list}
        permission="runs:read"
        isEmpty={({ items }) => items.length === 0 && id === undefined}
        empty={
          <StateOf
            kind="empty"
            icon="sliders"
            title="No study yet"
            text="A study tries settings of a family, each measured on validation rows, and says which do best and which matter."
          />
        }
      >
        {({ items }) => (
          <div className={layout["stack"]}>
            <Select
              label="Study"
              size="xs"
              maw={520}
              data={items.map(({ id: value, task, family, createdAt, status }) => ({
                value,
                label: `${task} by ${family}, ${formatTime(createdAt)}, ${status}`,
              }))}
              value={id ?? null}
              onChange={(next) => setChosen(next ?? "")}
              allowDeselect={false}
              searchable
            />
            <Answer query={study}>{(one) => <Whole study={one} />}</Answer>
          </div>
        )}
      </Answer>
    </>
  );
}

function Head({
  study,
  children,
}: {
  study: Study | undefined;
  children: ReactElement | false;
}): ReactElement {
  if (!study)
    return (
      <PageHeader
        title="Tune"
        verdict="No study has looked for better settings yet."
        copy={copyTextsOf("listStudies", {}, "npx souk tune star-rating")}
      >
        {children}
      </PageHeader>
    );
  const { text, tone } = verdictOfStudy(study);
  return (
    <PageHeader
      title="Tune"
      verdict={text}
      tone={tone}
      copy={copyTextsOf(
        "getStudy",
        { params: { id: study.id } },
        `npx souk tune ${study.task} --resume ${study.id}`,
      )}
      exports={exportableOf(`study-${study.id}`, trialColumns(study), study.trials)}
    >
      <StudyActions study={study} />
      {children}
    </PageHeader>
  );
}

function Whole({ study }: { study: Study }): ReactElement {
  const { counts } = study;
  const ended = counts.done + counts.pruned + counts.failed;
  return (
    <div className={layout["stack"]}>
      {study.status === "running" && (
        <Progress
          value={(100 * ended) / Math.max(1, counts.wanted)}
          size="sm"
          aria-label={`${ended} of ${counts.wanted} trials`}
        />
      )}
      <div className={layout["columns"]}>
        <BestSoFar study={study} />
        <Importance study={study} />
      </div>
      <Card title="Trials">
        <Trials study={study} />
      </Card>
    </div>
  );
}

/** Asks for the study again whenever one of its trials ends. */
function useTrialsLive(id: string | undefined): void {
  const queries = useQueryClient();
  useEffect(() => {
    if (id === undefined) return undefined;
    const renew = (): void => void queries.invalidateQueries({ queryKey: ["getStudy"] });
    return watchRun({
      run: id,
      opened: renew,
      hear: (news) => {
        if (memberOf(memberOf(news, "step"), "kind") === "trial ended") renew();
      },
    });
  }, [id, queries]);
}
