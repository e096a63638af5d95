import {
  Alert,
  Button,
  Checkbox,
  Group,
  Modal,
  Stack,
  Text,
  Textarea,
  TextInput,
} from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { type FormEvent, type ReactElement, useState } from "react";
import type { ChartSpec } from "../../parts/chart-spec.ts";
import { Icon } from "../../parts/icon.tsx";
import { useApiChange } from "../../wire/hooks.ts";

/** A button that keeps the statement and its chart under a title, and shows them on Home when asked to. */
export function SaveQuestion({ sql, chart }: { sql: string; chart: ChartSpec }): ReactElement {
  const [opened, setOpened] = useState(false);
  return (
    <>
      <Button size="xs" onClick={() => setOpened(true)} leftSection={<Icon name="pin" size={15} />}>
        Save
      </Button>
      <Modal
        opened={opened}
        onClose={() => setOpened(false)}
        title={<Text fw={650}>Save this question</Text>}
        closeButtonProps={{ "aria-label": "Close" }}
        centered
      >
        <SaveForm sql={sql} chart={chart} onDone={() => setOpened(false)} />
      </Modal>
    </>
  );
}

function SaveForm({
  sql,
  chart,
  onDone,
}: {
  sql: string;
  chart: ChartSpec;
  onDone: () => void;
}): ReactElement {
  const { title, setTitle, why, setWhy, pinned, setPinned, save, submit } = useSaving({
    sql,
    chart,
    onDone,
  });
  return (
    <form onSubmit={submit}>
      <Stack gap="md">
        <TextInput
          label="Title"
          placeholder="Stars by category"
          value={title}
          onChange={(event) => setTitle(event.currentTarget.value)}
          maxLength={200}
          required
          withAsterisk={false}
          data-autofocus
        />
        <Textarea
          label="What it is good for"
          value={why}
          onChange={(event) => setWhy(event.currentTarget.value)}
          maxLength={2000}
          autosize
          minRows={2}
        />
        <Checkbox
          label="Pin it to Home"
          description="Everybody in the shop sees it there"
          checked={pinned}
          onChange={(event) => setPinned(event.currentTarget.checked)}
        />
        {save.error && (
          <Alert color="red" icon={<Icon name="warning" />} role="alert">
            {`${save.error.message} (${save.error.code})`}
          </Alert>
        )}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onDone}>
            Cancel
          </Button>
          <Button type="submit" loading={save.isPending} disabled={title.trim() === ""}>
            Save
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

/** What is written into the form, and its sending. */
function useSaving({
  sql,
  chart: { kind, x, y, series },
  onDone,
}: {
  sql: string;
  chart: ChartSpec;
  onDone: () => void;
}) {
  const [title, setTitle] = useState("");
  const [why, setWhy] = useState("");
  const [pinned, setPinned] = useState(true);
  const save = useApiChange("saveQuestion", { touches: ["listSavedQuestions"] });

  function submit(event: FormEvent): void {
    event.preventDefault();
    const chart = { kind, ...(x && { x }), ...(y && { y }), ...(series && { series }) };
    const body = {
      title: title.trim(),
      sql,
      chart,
      pinned,
      ...(why.trim() && { why: why.trim() }),
    };
    save.mutate(
      { body },
      {
        onSuccess: () => {
          notifications.show({ message: pinned ? "Saved, and on Home" : "Saved under Questions" });
          onDone();
        },
      },
    );
  }
  return { title, setTitle, why, setWhy, pinned, setPinned, save, submit };
}
