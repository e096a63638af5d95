import { Button, Text } from "@mantine/core";
import { type ReactElement, useState } from "react";
import { CommandLine } from "../../parts/command-line.tsx";
import { Confirm } from "../../parts/confirm.tsx";
import { Icon } from "../../parts/icon.tsx";
import { useApiChange, useMay } from "../../wire/hooks.ts";
import { commandToResume, type Job, mayGoOn, type Run } from "../learning/run-words.ts";
import styles from "./run.module.css";

/** Goes on with a training that was stopped, after a question; nothing where that cannot be. */
export function Resume({ run, job }: { run: Run; job: Job | undefined }): ReactElement | null {
  const [isAsking, setAsking] = useState(false);
  const resume = useApiChange("resumeTraining", { touches: ["getRun", "listJobs", "listRuns"] });
  if (!useMay("training:run") || !mayGoOn(run, job)) return null;
  return (
    <>
      <Button
        size="xs"
        leftSection={<Icon name="play" size={14} />}
        onClick={() => setAsking(true)}
      >
        Resume
      </Button>
      <Confirm
        opened={isAsking}
        onClose={() => setAsking(false)}
        onConfirm={() => resume.mutateAsync({ params: { id: run.id } })}
        title="Go on with this run?"
        action="Resume"
      >
        <Text size="sm">
          It goes on from its last checkpoint, with the same settings, seed and rows. Without a
          checkpoint it begins again, in this run.
        </Text>
      </Confirm>
    </>
  );
}

/** The line that goes on with a run in a terminal. */
export function ResumeLine({ run }: { run: Run }): ReactElement | null {
  const command = commandToResume(run);
  if (command === undefined) return null;
  return (
    <div className={styles["reproduce"]}>
      <Text size="xs" c="dimmed" mb={4}>
        Go on with it in a terminal
      </Text>
      <CommandLine text={command} />
    </div>
  );
}
