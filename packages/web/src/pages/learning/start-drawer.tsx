import { Drawer, Text } from "@mantine/core";
import { type ReactElement, type ReactNode, useCallback, useState } from "react";
import { WaitingForRun } from "./waiting-for-run.tsx";

/** Asks what to learn at the side of the page; once a job was started, waits for its run and hands that over. */
export function StartDrawer({
  title,
  opened,
  onClose,
  onRun,
  children,
}: {
  title: string;
  opened: boolean;
  onClose: () => void;
  /** A stable function (`useCallback`). */
  onRun: (runId: string) => void;
  /** The form; it is told what to call with the job it started. */
  children: (onStarted: (jobId: string) => void) => ReactNode;
}): ReactElement {
  const [jobId, setJobId] = useState<string>();
  const close = useCallback(() => {
    setJobId(undefined);
    onClose();
  }, [onClose]);
  const handOver = useCallback(
    (runId: string) => {
      setJobId(undefined);
      onRun(runId);
    },
    [onRun],
  );
  return (
    <Drawer
      opened={opened}
      onClose={close}
      position="right"
      size="lg"
      title={<Text fw={650}>{title}</Text>}
      closeButtonProps={{ "aria-label": "Close" }}
    >
      {jobId === undefined ? (
        children(setJobId)
      ) : (
        <WaitingForRun jobId={jobId} onRun={handOver} onBack={() => setJobId(undefined)} />
      )}
    </Drawer>
  );
}
