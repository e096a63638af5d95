import { Button, Group, NumberInput, Select, Stack, Text } from "@mantine/core";
import { type FormEvent, type ReactElement, useCallback, useState } from "react";
import { CommandLine } from "../../parts/command-line.tsx";
import { useApiChange } from "../../wire/hooks.ts";
import { Trouble } from "../../parts/trouble.tsx";
import { type Family, shellWord } from "../learning/settings.ts";
import { TaskAndFamily } from "../learning/task-and-family.tsx";
import { type Space, spaceWords, troubleOf } from "./search-space.ts";
import { SpaceFields } from "./space-fields.tsx";
import { StartDrawer } from "../learning/start-drawer.tsx";

const samplers = [
  { value: "tpe", label: "TPE: where good trials were" },
  { value: "random", label: "Random" },
  { value: "grid", label: "Grid: every combination" },
  { value: "halving", label: "Halving: many short, few long" },
] as const;
type Sampler = (typeof samplers)[number]["value"];

const MOST_TRIALS = 1000;

/** Asks whose settings to search, starts the study and shows it. */
export function StartStudy({
  opened,
  onClose,
  onStudy,
}: {
  opened: boolean;
  onClose: () => void;
  onStudy: (id: string) => void;
}): ReactElement {
  const show = useCallback(
    (id: string) => {
      onStudy(id);
      onClose();
    },
    [onStudy, onClose],
  );
  return (
    <StartDrawer title="Start a study" opened={opened} onClose={onClose} onRun={show}>
      {(onStarted) => <Form onStarted={onStarted} />}
    </StartDrawer>
  );
}

function Form({ onStarted }: { onStarted: (jobId: string) => void }): ReactElement {
  const [task, setTask] = useState("");
  const [family, setFamily] = useState<Family>();
  const [touched, setTouched] = useState<Space>();
  const [sampler, setSampler] = useState<Sampler>("tpe");
  const [trials, setTrials] = useState(30);
  const start = useApiChange("startStudy", { touches: ["listJobs", "listStudies"] });
  const space = touched ?? family?.searched ?? {};
  const trouble = family && troubleOf(space);

  function chooseFamily(next: Family | undefined): void {
    setFamily(next);
    setTouched(undefined);
  }

  function submit(event: FormEvent): void {
    event.preventDefault();
    if (!family) return;
    const body = { task, family: family.name, sampler, trials, ...(touched && { space: touched }) };
    start.mutate({ body }, { onSuccess: ({ id }) => onStarted(id) });
  }

  return (
    <form onSubmit={submit}>
      <Stack gap="md">
        <TaskAndFamily task={task} family={family} onTask={setTask} onFamily={chooseFamily} />
        {family && <SpaceFields family={family} space={space} onChange={setTouched} />}
        <Search sampler={sampler} trials={trials} onSampler={setSampler} onTrials={setTrials} />
        {trouble && (
          <Text size="sm" c="var(--souk-bad)" role="alert">
            {trouble}
          </Text>
        )}
        <Trouble error={start.error} />
        {family && !trouble && (
          <CommandLine
            text={`npx souk tune ${shellWord(task)} --family ${family.name} --sampler ${sampler} --trials ${trials}${touched ? spaceWords(touched) : ""}`}
          />
        )}
        <Group justify="flex-end">
          <Button
            type="submit"
            loading={start.isPending}
            disabled={!family || trouble !== undefined}
          >
            Search
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

/** How settings are chosen, and how often. */
function Search({
  sampler,
  trials,
  onSampler,
  onTrials,
}: {
  sampler: Sampler;
  trials: number;
  onSampler: (sampler: Sampler) => void;
  onTrials: (trials: number) => void;
}): ReactElement {
  return (
    <>
      <Select
        label="How settings are chosen"
        data={samplers}
        value={sampler}
        onChange={(next) => onSampler(samplers.find(({ value }) => value === next)?.value ?? "tpe")}
        allowDeselect={false}
      />
      <NumberInput
        label="Trials"
        description="At most, that with the default settings included"
        value={trials}
        min={1}
        max={MOST_TRIALS}
        allowDecimal={false}
        onChange={(next) => onTrials(typeof next === "number" ? next : 30)}
      />
    </>
  );
}
