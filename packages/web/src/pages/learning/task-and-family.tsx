import { Select, Stack, Text } from "@mantine/core";
import { type ReactElement, useEffect } from "react";
import { VerdictBox } from "../../parts/verdict-box.tsx";
import { useApi } from "../../wire/hooks.ts";
import { BringData, useIsWithoutRows } from "../../parts/bring-data.tsx";
import { type Family, firstFamily } from "./settings.ts";

/**
 * What is to be learnt, and by which family: those that can read the task's inputs. No family is chosen while the
 * task's dataset has no rows.
 */
export function TaskAndFamily({
  task,
  family,
  onTask,
  onFamily,
}: {
  task: string;
  family: Family | undefined;
  onTask: (task: string) => void;
  onFamily: (family: Family | undefined) => void;
}): ReactElement {
  const tasks = useApi("listTasks", {}).data?.items ?? [];
  const families = useApi("listFamilies", { query: { task } }, { enabled: task !== "" }).data
    ?.items;
  const chosen = tasks.find(({ name }) => name === task);
  const first = tasks[0]?.name;
  const isWithoutRows = useIsWithoutRows(chosen?.dataset);
  useEffect(() => {
    if (task === "" && first !== undefined) onTask(first);
  }, [task, first, onTask]);
  useEffect(() => {
    if (isWithoutRows) {
      if (family) onFamily(undefined);
      return;
    }
    if (!families || (family && families.some(({ name }) => name === family.name))) return;
    onFamily(families.find(({ name }) => name === firstFamily(families)));
  }, [families, family, isWithoutRows, onFamily]);
  return (
    <Stack gap="sm">
      <Select
        label="Task"
        description="What to learn"
        data={tasks.map(({ name, title }) => ({ value: name, label: title ?? name }))}
        value={task || null}
        onChange={(next) => onTask(next ?? "")}
        allowDeselect={false}
        searchable
      />
      {chosen && (
        <Text size="xs" c="dimmed">
          Learns {chosen.target.column} from {chosen.inputs.map(({ column }) => column).join(", ")}{" "}
          of the dataset {chosen.dataset}; judged by {chosen.metric} against the {chosen.baseline}.
        </Text>
      )}
      {chosen && isWithoutRows && (
        <Stack gap="sm" align="flex-start">
          <VerdictBox tone="warn">The dataset {chosen.dataset} has no rows.</VerdictBox>
          <BringData dataset={chosen.dataset} />
        </Stack>
      )}
      <Select
        label="Family"
        description={family?.summary ?? "How to learn it"}
        data={(families ?? []).map(({ name }) => name)}
        value={family?.name ?? null}
        onChange={(next) => onFamily(families?.find(({ name }) => name === next))}
        allowDeselect={false}
        disabled={!families || isWithoutRows}
      />
    </Stack>
  );
}
