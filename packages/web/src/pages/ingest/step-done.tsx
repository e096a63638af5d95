import { Button, Group } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { type ReactElement, useState } from "react";
import { Confirm } from "../../parts/confirm.tsx";
import { formatDuration, formatNumber } from "../../parts/format.ts";
import { Icon } from "../../parts/icon.tsx";
import { addressOf } from "../../parts/page-link.tsx";
import { useApiChange } from "../../wire/hooks.ts";
import { counted } from "../../parts/counted.ts";
import { VerdictBox } from "../../parts/verdict-box.tsx";
import styles from "./ingest.module.css";
import type { Outcome } from "./plan.ts";

/** What came of it, and where to go from here. */
export function StepDone({
  outcome,
  onAgain,
}: {
  outcome: Outcome;
  onAgain: () => void;
}): ReactElement {
  const { dataset, quarantined, skipped } = outcome;
  const [isAsking, setAsking] = useState(false);
  const [isUndone, setUndone] = useState(false);
  const address = addressOf("/datasets/$name", { name: dataset });
  return (
    <div className={styles["stack"]}>
      <VerdictBox tone={isUndone || quarantined > 0 || skipped ? "warn" : "good"}>
        {isUndone ? `The batch is out of ${dataset} again.` : outcomeWords(outcome)}
      </VerdictBox>
      <Group gap="xs">
        {quarantined > 0 && !isUndone && (
          <Button
            renderRoot={(props) => <Link to={address} search={{ tab: "quarantine" }} {...props} />}
            leftSection={<Icon name="edit" size={15} />}
          >
            Mend {counted(quarantined, "row")}
          </Button>
        )}
        <Button
          variant={quarantined > 0 ? "default" : "filled"}
          renderRoot={(props) => <Link to={address} {...props} />}
          leftSection={<Icon name="table" size={15} />}
        >
          Open {dataset}
        </Button>
        <Button variant="default" onClick={onAgain} leftSection={<Icon name="upload" size={15} />}>
          Another file
        </Button>
        {!skipped && !isUndone && (
          <Button
            variant="default"
            onClick={() => setAsking(true)}
            leftSection={<Icon name="undo" size={15} />}
          >
            Undo
          </Button>
        )}
      </Group>
      <Undo
        outcome={outcome}
        opened={isAsking}
        onClose={() => setAsking(false)}
        onUndone={() => setUndone(true)}
      />
    </div>
  );
}

function Undo({
  outcome: { dataset, batchId, rows },
  opened,
  onClose,
  onUndone,
}: {
  outcome: Outcome;
  opened: boolean;
  onClose: () => void;
  onUndone: () => void;
}): ReactElement {
  const undo = useApiChange("undoBatch", { touches: ["describeDataset", "listDatasets"] });
  return (
    <Confirm
      opened={opened}
      onClose={onClose}
      onConfirm={async () => {
        await undo.mutateAsync({ params: { name: dataset, batch: batchId } });
        onUndone();
      }}
      title="Undo this batch?"
      action="Undo the batch"
      isDangerous
    >
      Its {counted(rows, "row")} leave {dataset}; refused ones too.
    </Confirm>
  );
}

function outcomeWords({
  dataset,
  rows,
  quarantined,
  duplicates,
  version,
  skipped,
  elapsedMs,
}: Outcome): string {
  if (skipped)
    return `This very file is in ${dataset} already (version ${version}): nothing was done.`;
  const aside =
    quarantined > 0 ? ` ${counted(quarantined, "row waits", "rows wait")} to be mended.` : "";
  const twice =
    duplicates > 0
      ? ` ${formatNumber(duplicates)} have a key that another row of the file has too.`
      : "";
  return `${counted(rows, "row")} came into ${dataset} in ${formatDuration(elapsedMs)}; it is at version ${version} now.${aside}${twice}`;
}
