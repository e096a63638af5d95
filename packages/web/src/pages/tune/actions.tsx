import { Button, NumberInput, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useNavigate } from "@tanstack/react-router";
import { type ReactElement, useState } from "react";
import { Confirm } from "../../parts/confirm.tsx";
import { Icon } from "../../parts/icon.tsx";
import { callApi, useApi, useMay } from "../../wire/hooks.ts";
import { StopJob } from "../learning/stop-job.tsx";
import { settingsOf, settingsText, type Study } from "./study-words.ts";

/** What one can do with a study: stop it while it runs; go on with it or train its best after. */
export function StudyActions({ study }: { study: Study }): ReactElement | null {
  const mayTrain = useMay("training:run");
  const jobs = useApi("listJobs", { query: { limit: 1000 } }, { enabled: mayTrain }).data?.items;
  if (!mayTrain) return null;
  const job = jobs?.find(
    ({ runId, status }) => runId === study.id && ["queued", "running"].includes(status),
  );
  return (
    <>
      {job && (
        <StopJob
          jobId={job.id}
          what="study"
          after="Trials that ended are kept, and the study can be gone on with later."
        />
      )}
      {!job && study.status !== "running" && <GoOn study={study} />}
      {!job && study.best && <TrainBest study={study} />}
    </>
  );
}

const MOST_TRIALS = 10_000;

function GoOn({ study }: { study: Study }): ReactElement {
  const [isAsking, setAsking] = useState(false);
  const { counts } = study;
  const ended = counts.done + counts.pruned + counts.failed;
  const [trials, setTrials] = useState(Math.max(counts.wanted, ended + 10));
  return (
    <>
      <Button
        size="xs"
        variant="default"
        leftSection={<Icon name="play" size={14} />}
        onClick={() => setAsking(true)}
      >
        Go on
      </Button>
      <Confirm
        opened={isAsking}
        onClose={() => setAsking(false)}
        onConfirm={() =>
          callApi("startStudy", { body: { task: study.task, resume: study.id, trials } })
        }
        title="Go on with this study?"
        action="Go on"
      >
        <Text size="sm">No trial is run twice: {ended} have ended.</Text>
        <NumberInput
          label="Trials in all"
          value={trials}
          min={ended + 1}
          max={MOST_TRIALS}
          allowDecimal={false}
          onChange={(next) => setTrials(typeof next === "number" ? next : trials)}
        />
      </Confirm>
    </>
  );
}

function TrainBest({ study }: { study: Study }): ReactElement {
  const [isAsking, setAsking] = useState(false);
  const navigate = useNavigate();
  const settings = { ...settingsOf(study.settings), ...settingsOf(study.best?.settings ?? {}) };
  async function train(): Promise<void> {
    const { task, family } = study;
    await callApi("startTraining", { body: { task, family, settings } });
    notifications.show({ message: "The training was started: it is in the list of runs." });
    await navigate({ to: "/runs" });
  }
  return (
    <>
      <Button
        size="xs"
        variant="light"
        leftSection={<Icon name="trophy" size={14} />}
        onClick={() => setAsking(true)}
      >
        Train the best
      </Button>
      <Confirm
        opened={isAsking}
        onClose={() => setAsking(false)}
        onConfirm={train}
        title="Train with the best settings?"
        action="Train"
      >
        <Text size="sm">
          Trains {study.family} for {study.task} with {settingsText(settings)}, measures it on rows
          no trial saw, and lets it serve if it passes the gate.
        </Text>
      </Confirm>
    </>
  );
}
