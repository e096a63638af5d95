import { Button, Switch, Text } from "@mantine/core";
import { type ReactElement, useState } from "react";
import { Confirm } from "../../parts/confirm.tsx";
import { Icon } from "../../parts/icon.tsx";
import { memberOf } from "../../wire/answers.ts";
import { useApi, useApiChange, useMay } from "../../wire/hooks.ts";

/** Measures the families of a task again, training those that were never; says while it does. */
export function Measure({
  task,
  missing,
  isFirst,
}: {
  task: string;
  /** Families without a place. */
  missing: number;
  isFirst: boolean;
}): ReactElement | null {
  const [isAsking, setAsking] = useState(false);
  const [trains, setTrains] = useState(true);
  const mayTrain = useMay("training:run");
  const jobs = useApi("listJobs", { query: { limit: 100 } }, { enabled: mayTrain }).data?.items;
  const start = useApiChange("computeLeaderboard", { touches: ["listJobs"] });
  if (!mayTrain) return null;
  const isAtWork = jobs?.some(
    ({ kind, status, request }) =>
      kind === "leaderboard" &&
      ["queued", "running"].includes(status) &&
      memberOf(request, "task") === task,
  );
  return (
    <>
      <Button
        size="xs"
        loading={isAtWork ?? false}
        leftSection={<Icon name="refresh" size={14} />}
        onClick={() => setAsking(true)}
      >
        {isFirst ? "Measure" : missing > 0 ? `Train ${missing} missing` : "Measure again"}
      </Button>
      <Confirm
        opened={isAsking}
        onClose={() => setAsking(false)}
        onConfirm={() => start.mutateAsync({ params: { task }, body: { train: trains } })}
        title={`Measure the families of ${task}?`}
        action="Measure"
      >
        <Text size="sm">
          Each family’s latest model answers the same rows that no training saw. Nothing is
          promoted.
        </Text>
        <Switch
          label="Train families that have no model of this data"
          description="With default settings, one after the other; the neural ones take minutes"
          checked={trains}
          onChange={(event) => setTrains(event.currentTarget.checked)}
        />
      </Confirm>
    </>
  );
}
