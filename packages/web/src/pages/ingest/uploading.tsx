import { Alert, Button, Group, Progress as Bar, Text } from "@mantine/core";
import type { ReactElement } from "react";
import { Icon } from "../../parts/icon.tsx";
import { type Progress, progressWords } from "./progress.ts";

/** A file under way: how far, how many rows, how long still, and a way to stop it. */
export function Uploading({
  what,
  progress,
  onCancel,
}: {
  /** "The dry run of monday.csv". */
  what: string;
  progress: Progress | undefined;
  onCancel: () => void;
}): ReactElement {
  const words = progressWords(progress);
  const share = progress?.share;
  return (
    <div role="status">
      <Group justify="space-between" mb={8}>
        <Text fw={600}>{what}</Text>
        <Button
          size="xs"
          variant="default"
          leftSection={<Icon name="stop" size={13} />}
          onClick={onCancel}
        >
          Stop
        </Button>
      </Group>
      <Bar value={share === undefined ? 100 : share * 100} animated aria-label={what} />
      <Text fz="sm" c="dimmed" mt={8}>
        {words}
      </Text>
    </div>
  );
}

/** Why an upload did not work, in the server's own words. */
export function Trouble({ text }: { text: string | undefined }): ReactElement | null {
  if (!text) return null;
  return (
    <Alert color="red" mt="md" icon={<Icon name="warning" />} role="alert">
      {text}
    </Alert>
  );
}
