import { Alert, Button, Loader, Stack, Text } from "@mantine/core";
import { type ReactElement, useEffect } from "react";
import { Icon } from "../../parts/icon.tsx";
import { useApi } from "../../wire/hooks.ts";

/** A job that was just started: says when it waits for its turn, and hands over the run once it works on one. */
export function WaitingForRun({
  jobId,
  onRun,
  onBack,
}: {
  jobId: string;
  onRun: (runId: string) => void;
  /** It ended without a run: back to what was asked for. */
  onBack: () => void;
}): ReactElement {
  const { data: job } = useApi("getJob", { params: { id: jobId } });
  const runId = job?.runId;
  useEffect(() => {
    if (runId !== undefined) onRun(runId);
  }, [runId, onRun]);
  if (job && runId === undefined && !["queued", "running"].includes(job.status))
    return (
      <Stack gap="md">
        <Alert color="red" icon={<Icon name="warning" />} role="alert" title={`It ${job.status}`}>
          {job.error ? `${job.error.message} (${job.error.code})` : "Nobody said why."}
        </Alert>
        <Button variant="default" onClick={onBack}>
          Back
        </Button>
      </Stack>
    );
  return (
    <Stack align="center" py="xl" role="status">
      <Loader size="sm" type="dots" aria-hidden />
      <Text size="sm">
        {job?.status === "queued"
          ? "It waits for its turn: jobs run one at a time."
          : "It begins: the data is being opened."}
      </Text>
    </Stack>
  );
}
