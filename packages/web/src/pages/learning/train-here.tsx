import { Alert, Button, Loader } from "@mantine/core";
import { type ReactElement, useState } from "react";
import { Icon } from "../../parts/icon.tsx";
import { PageLink } from "../../parts/page-link.tsx";
import { Trouble } from "../../parts/trouble.tsx";
import { useApi, useApiChange } from "../../wire/hooks.ts";

/** Trains a task with its default settings where one stands, and says what became of it. */
export function TrainHere({ task }: { task: string }): ReactElement {
  const [jobId, setJobId] = useState<string>();
  const train = useApiChange("startTraining", { touches: ["listJobs"] });
  const job = useApi("getJob", { params: { id: jobId ?? "" } }, { enabled: jobId !== undefined });
  const status = jobId === undefined ? undefined : (job.data?.status ?? "queued");
  const isUnderWay = status === "queued" || status === "running";
  return (
    <>
      <Trouble error={train.error} />
      {isUnderWay && <UnderWay isQueued={status === "queued"} runId={job.data?.runId} />}
      {status !== undefined && !isUnderWay && <Ended status={status} error={job.data?.error} />}
      {!isUnderWay && (
        <Button
          loading={train.isPending}
          leftSection={<Icon name="play" size={15} />}
          onClick={() => train.mutate({ body: { task } }, { onSuccess: ({ id }) => setJobId(id) })}
        >
          Train it
        </Button>
      )}
    </>
  );
}

function UnderWay({
  isQueued,
  runId,
}: {
  isQueued: boolean;
  runId: string | undefined;
}): ReactElement {
  return (
    <div role="status">
      <Loader size="sm" type="dots" aria-hidden />{" "}
      {isQueued ? "It waits for its turn: jobs run one at a time." : "It is being trained."}{" "}
      {runId !== undefined && (
        <PageLink to="/runs/$id" params={{ id: runId }}>
          Watch it
        </PageLink>
      )}
    </div>
  );
}

function Ended({
  status,
  error,
}: {
  status: string;
  error: { readonly code: string; readonly message: string } | undefined;
}): ReactElement {
  const isBad = status !== "finished" && status !== "succeeded";
  return (
    <Alert color={isBad ? "red" : "gray"} role="alert" title={`The training ${status}`}>
      {error
        ? `${error.message} (${error.code})`
        : isBad
          ? "Nobody said why."
          : "Where it passed its gate, it serves in a moment; else a version waits in the registry."}
    </Alert>
  );
}
