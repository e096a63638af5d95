import { Button, Text } from "@mantine/core";
import { type ReactElement, useState } from "react";
import { Confirm } from "../../parts/confirm.tsx";
import { Icon } from "../../parts/icon.tsx";
import { callApi } from "../../wire/hooks.ts";

/** Stops a job, after a question. */
export function StopJob({
  jobId,
  what,
  after,
}: {
  jobId: string;
  /** "run", "study". */
  what: string;
  /** What becomes of what was done so far. */
  after: string;
}): ReactElement {
  const [isAsking, setAsking] = useState(false);
  return (
    <>
      <Button
        size="xs"
        variant="default"
        leftSection={<Icon name="stop" size={14} />}
        onClick={() => setAsking(true)}
      >
        Stop
      </Button>
      <Confirm
        opened={isAsking}
        onClose={() => setAsking(false)}
        onConfirm={() => callApi("cancelJob", { params: { id: jobId } })}
        title={`Stop this ${what}?`}
        action="Stop it"
        isDangerous
      >
        <Text size="sm">{after}</Text>
      </Confirm>
    </>
  );
}
