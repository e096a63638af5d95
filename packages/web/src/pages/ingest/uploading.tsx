import { Alert, Button, Group, Progress as Bar, Text } from "@mantine/core";
import type { ReactElement } from "react";
import { formatDuration, formatNumber, formatShare } from "../../parts/format.ts";
import { Icon } from "../../parts/icon.tsx";
import type { Progress } from "./use-upload.ts";

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
  const words = wordsOf(progress);
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

function wordsOf(progress: Progress | undefined): string {
  if (!progress) return "The file is on its way";
  const { phase, share, rows, etaMs } = progress;
  const parts = [phase === "receive" ? "The file is on its way" : "Its rows are being checked"];
  if (share !== undefined) parts.push(formatShare(share, 0));
  if (rows) parts.push(`${formatNumber(rows)} rows`);
  if (etaMs !== undefined && etaMs > 1000) parts.push(`${formatDuration(etaMs)} left`);
  return parts.join(" · ");
}

/** Why an upload did not work, in the server's own words. */
export function Trouble({ text }: { text: string | undefined }): ReactElement | null {
  if (!text) return null;
  return (
    <Alert color="red" icon={<Icon name="warning" />} role="alert">
      {text}
    </Alert>
  );
}
