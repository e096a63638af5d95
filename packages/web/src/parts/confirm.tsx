import { Alert, Button, Group, Modal, Stack, Text, Textarea } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { type FormEvent, type ReactElement, type ReactNode, useRef, useState } from "react";
import { apiErrorOf } from "../wire/answers.ts";
import { Icon } from "./icon.tsx";

interface ConfirmProps {
  readonly opened: boolean;
  readonly onClose: () => void;
  /** Does it; what it throws is shown. `reason` is "" when none was asked for. */
  readonly onConfirm: (reason: string) => Promise<unknown>;
  readonly title: string;
  /** The words on the button: what will be done. */
  readonly action: string;
  readonly isDangerous?: boolean;
  /** Ask for a reason, with this label: "Why this version?". */
  readonly reason?: string;
  /** What will happen. */
  readonly children?: ReactNode;
}

/**
 * Asks before something that matters is done, and why, when the reason is kept (promotions, rejections). Stays open with the
 * server's own words when it refuses; a refusal that comes after it was closed is a notice.
 */
export function Confirm({
  opened,
  onClose,
  onConfirm,
  title,
  action,
  isDangerous = false,
  reason,
  children,
}: ConfirmProps): ReactElement {
  const { why, setWhy, isBusy, trouble, close, submit } = useQuestion({ onClose, onConfirm });
  return (
    <Modal
      opened={opened}
      onClose={close}
      title={<Text fw={650}>{title}</Text>}
      closeButtonProps={{ "aria-label": "Close" }}
      centered
    >
      <form onSubmit={(event) => void submit(event)}>
        <Stack gap="md">
          {children}
          {reason && <Reason label={reason} why={why} onChange={setWhy} />}
          {trouble && (
            <Alert color="red" icon={<Icon name="warning" />} role="alert">
              {trouble}
            </Alert>
          )}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={close}>
              Cancel
            </Button>
            <Button
              type="submit"
              loading={isBusy}
              disabled={reason !== undefined && why.trim() === ""}
              {...(isDangerous && { color: "red" })}
            >
              {action}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

function Reason({
  label,
  why,
  onChange,
}: {
  label: string;
  why: string;
  onChange: (why: string) => void;
}): ReactElement {
  return (
    <Textarea
      label={label}
      description="Kept in the log"
      value={why}
      onChange={(event) => onChange(event.currentTarget.value)}
      maxLength={2000}
      autosize
      minRows={2}
      required
      withAsterisk={false}
      data-autofocus
    />
  );
}

/** One question at a time: what was written, whether it is being done, and why it was refused. */
function useQuestion({
  onClose,
  onConfirm,
}: {
  onClose: () => void;
  onConfirm: (reason: string) => Promise<unknown>;
}) {
  const [why, setWhy] = useState("");
  const [isBusy, setBusy] = useState(false);
  const [trouble, setTrouble] = useState<string>();
  /** Another with each question and each answer: what comes late must not close or accuse the next question. */
  const turn = useRef(0);

  function close(): void {
    turn.current += 1;
    setBusy(false);
    setWhy("");
    setTrouble(undefined);
    onClose();
  }

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault();
    if (isBusy) return;
    const own = turn.current;
    setBusy(true);
    setTrouble(undefined);
    try {
      await onConfirm(why.trim());
      if (turn.current === own) close();
    } catch (thrown) {
      const { code, message } = apiErrorOf(thrown);
      const words = `${message} (${code})`;
      if (turn.current !== own) return void notifications.show({ message: words, color: "red" });
      setTrouble(words);
      setBusy(false);
    }
  }

  return { why, setWhy, isBusy, trouble, close, submit };
}
