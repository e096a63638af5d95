import type { RouteAnswer } from "@souk/api";
import { Alert, Button, Loader, Stack } from "@mantine/core";
import type { ReactElement } from "react";
import { Icon } from "../../parts/icon.tsx";
import { PageLink } from "../../parts/page-link.tsx";
import { Trouble } from "../../parts/trouble.tsx";
import { VerdictBox } from "../../parts/verdict-box.tsx";
import { useApi, useApiChange } from "../../wire/hooks.ts";
import { gateOfJob } from "../deciding/gate-of-job.ts";
import { GateRules } from "../deciding/gate-rules.tsx";

type Job = RouteAnswer<"listJobs">["items"][number];

/** Jobs looked at for the last training of a task. */
const LATEST_JOBS = 100;

/** Trains a task with its default settings where one stands, and says what became of its last training. */
export function TrainHere({ task }: { task: string }): ReactElement {
  const train = useApiChange("startTraining", { touches: ["listJobs"] });
  const jobs = useApi("listJobs", { query: { limit: LATEST_JOBS } });
  const job = jobs.data?.items.find(
    ({ kind, request }) => kind === "training" && "task" in request && request.task === task,
  );
  const isUnderWay = job?.status === "queued" || job?.status === "running";
  return (
    <>
      <Trouble error={train.error} />
      {job && (isUnderWay ? <UnderWay job={job} /> : <Ended job={job} />)}
      {!isUnderWay && (
        <Button
          loading={train.isPending}
          leftSection={<Icon name="play" size={15} />}
          onClick={() => train.mutate({ body: { task } })}
        >
          Train it
        </Button>
      )}
    </>
  );
}

function UnderWay({ job: { status, runId } }: { job: Job }): ReactElement {
  return (
    <div role="status">
      <Loader size="sm" type="dots" aria-hidden />{" "}
      {status === "queued"
        ? "It waits for its turn: jobs run one at a time."
        : "It is being trained."}{" "}
      {runId !== undefined && (
        <PageLink to="/runs/$id" params={{ id: runId }}>
          Watch it
        </PageLink>
      )}
    </div>
  );
}

/** Why the last training brought nothing that serves; nothing when it did. */
function Ended({ job }: { job: Job }): ReactElement | null {
  const { status, error } = job;
  const asked = gateOfJob(job);
  if (status === "finished" && asked?.gate.passed !== false) return null;
  if (asked)
    return (
      <Stack gap="sm" ta="left">
        <VerdictBox tone="warn">The gate refused version {asked.version}.</VerdictBox>
        <GateRules gate={asked.gate} />
        <PageLink
          to="/registry/$name/$version"
          params={{ name: asked.model, version: String(asked.version) }}
        >
          Look at version {asked.version}, or promote it all the same
        </PageLink>
      </Stack>
    );
  return (
    <Alert color="red" ta="left" role="alert" title={`The last training ${wordsOf[status]}`}>
      {error ? `${error.message} (${error.code})` : "Nobody said why."}
    </Alert>
  );
}

const wordsOf: Readonly<Record<Job["status"], string>> = {
  queued: "waits",
  running: "is under way",
  finished: "finished",
  failed: "failed",
  cancelled: "was stopped",
  interrupted: "was interrupted",
};
