import { Button, Collapse, Group, NumberInput, Stack, Switch } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { type FormEvent, type ReactElement, useCallback, useState } from "react";
import { CommandLine } from "../../parts/command-line.tsx";
import { Icon } from "../../parts/icon.tsx";
import { addressOf } from "../../parts/page-link.tsx";
import { useApiChange } from "../../wire/hooks.ts";
import { Trouble } from "../../parts/trouble.tsx";
import { changedSettings, type Family, type Settings, trainLine } from "../learning/settings.ts";
import { SettingsFields } from "../learning/settings-fields.tsx";
import { TaskAndFamily } from "../learning/task-and-family.tsx";
import { StartDrawer } from "../learning/start-drawer.tsx";

/** Asks what to train, starts it and goes to its page. */
export function StartTraining({
  opened,
  onClose,
}: {
  opened: boolean;
  onClose: () => void;
}): ReactElement {
  const navigate = useNavigate();
  const toRun = useCallback(
    (id: string) => void navigate({ to: addressOf("/runs/$id", { id }) }),
    [navigate],
  );
  return (
    <StartDrawer title="Start a training" opened={opened} onClose={onClose} onRun={toRun}>
      {(onStarted) => <Form onStarted={onStarted} />}
    </StartDrawer>
  );
}

function Form({ onStarted }: { onStarted: (jobId: string) => void }): ReactElement {
  const [task, setTask] = useState("");
  const [family, setFamily] = useState<Family>();
  const [touched, setTouched] = useState<Settings>({});
  const [seed, setSeed] = useState(1);
  const [promote, setPromote] = useState(true);
  const start = useApiChange("startTraining", { touches: ["listJobs"] });
  const settings = family ? changedSettings(family.settings, touched) : {};

  function submit(event: FormEvent): void {
    event.preventDefault();
    if (!family) return;
    const body = { task, family: family.name, settings, seed, promote };
    start.mutate({ body }, { onSuccess: ({ id }) => onStarted(id) });
  }

  return (
    <form onSubmit={submit}>
      <Stack gap="md">
        <TaskAndFamily task={task} family={family} onTask={setTask} onFamily={setFamily} />
        {family && (
          <SettingsSection
            family={family}
            touched={touched}
            onTouch={setTouched}
            settings={settings}
          />
        )}
        <NumberInput
          label="Seed"
          description="Same seed, same model"
          value={seed}
          min={0}
          max={4_294_967_295}
          allowDecimal={false}
          onChange={(next) => setSeed(typeof next === "number" ? next : 1)}
        />
        <Switch
          label="Let it serve if it passes the gate"
          description="It must beat guessing and the version that serves, on the same rows"
          checked={promote}
          onChange={(event) => setPromote(event.currentTarget.checked)}
        />
        <Trouble error={start.error} />
        {family && (
          <CommandLine text={trainLine({ task, family: family.name, seed, settings, promote })} />
        )}
        <Group justify="flex-end">
          <Button type="submit" loading={start.isPending} disabled={!family}>
            Train
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function SettingsSection({
  family,
  touched,
  settings,
  onTouch,
}: {
  family: Family;
  touched: Settings;
  settings: Settings;
  onTouch: (settings: Settings) => void;
}): ReactElement | null {
  const [isOpen, setOpen] = useState(false);
  const count = Object.keys(family.settings).length;
  const changed = Object.keys(settings).length;
  if (count === 0) return null;
  return (
    <Stack gap="sm">
      <Button
        variant="default"
        size="xs"
        aria-expanded={isOpen}
        onClick={() => setOpen(!isOpen)}
        rightSection={<Icon name={isOpen ? "up" : "down"} size={14} />}
      >
        {changed === 0
          ? `Settings: ${count}, all by default`
          : `Settings: ${changed} of ${count} changed`}
      </Button>
      <Collapse expanded={isOpen}>
        <SettingsFields specs={family.settings} values={touched} onChange={onTouch} />
      </Collapse>
    </Stack>
  );
}
