import { isRole, roles } from "@souk/api";
import { Button, Group, Modal, PasswordInput, Select, Stack, Switch, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { type FormEvent, type ReactElement, useState } from "react";
import { Confirm } from "../../parts/confirm.tsx";
import { Trouble } from "../../parts/trouble.tsx";
import { useApiChange } from "../../wire/hooks.ts";
import type { User } from "../access/accounts.ts";
import { roleWords } from "./roles.ts";

const touched = { touches: ["listUsers", "listKeys", "listSessions", "listAudit"] } as const;

/** Changes a person's role or password, locks them out, or removes them. */
export function ChangeUser({
  user,
  onClose,
}: {
  user: User | undefined;
  onClose: () => void;
}): ReactElement {
  const [isRemoving, setRemoving] = useState(false);
  const remove = useApiChange("removeUser", touched);
  return (
    <>
      <Modal
        opened={user !== undefined && !isRemoving}
        onClose={onClose}
        title={<Text fw={650}>{user?.username}</Text>}
        closeButtonProps={{ "aria-label": "Close" }}
        centered
      >
        {user && <UserForm user={user} onClose={onClose} onRemove={() => setRemoving(true)} />}
      </Modal>
      {user && (
        <Confirm
          opened={isRemoving}
          onClose={() => setRemoving(false)}
          onConfirm={async () => {
            await remove.mutateAsync({ params: { id: user.id } });
            notifications.show({ message: `${user.username} is removed`, color: "souk" });
            onClose();
          }}
          title={`Remove ${user.username}?`}
          action="Remove"
          isDangerous
        >
          <Text fz="sm">
            Their keys and logins stop at once. What they did stays in the audit log.
          </Text>
        </Confirm>
      )}
    </>
  );
}

function UserForm({
  user,
  onClose,
  onRemove,
}: {
  user: User;
  onClose: () => void;
  onRemove: () => void;
}): ReactElement {
  const update = useApiChange("updateUser", touched);
  const [wanted, setWanted] = useState<Wanted>({
    role: user.role,
    isDisabled: user.disabled,
    password: "",
  });
  const body = changesOf(user, wanted);

  function submit(event: FormEvent): void {
    event.preventDefault();
    update.mutate({ params: { id: user.id }, body }, { onSuccess: onClose });
  }

  return (
    <form onSubmit={submit}>
      <Stack gap="md">
        <Fields
          wanted={wanted}
          onChange={(change) => setWanted((before) => ({ ...before, ...change }))}
        />
        <Text fz="xs" c="dimmed">
          Any change ends this person&apos;s logins.
        </Text>
        <Trouble error={update.error} />
        <Ends
          isBusy={update.isPending}
          hasChange={Object.keys(body).length > 0}
          onRemove={onRemove}
        />
      </Stack>
    </form>
  );
}

/** What the form holds. */
interface Wanted {
  readonly role: string;
  readonly isDisabled: boolean;
  /** Empty: the old one stays. */
  readonly password: string;
}

/** What of a form differs from how the person is now. */
function changesOf(user: User, { role, isDisabled, password }: Wanted) {
  return {
    ...(isRole(role) && role !== user.role && { role }),
    ...(isDisabled !== user.disabled && { disabled: isDisabled }),
    ...(password !== "" && { password }),
  };
}

function Fields({
  wanted: { role, isDisabled, password },
  onChange,
}: {
  wanted: Wanted;
  onChange: (change: Partial<Wanted>) => void;
}): ReactElement {
  return (
    <>
      <Select
        label="Role"
        description={roleWords(role)}
        data={[...roles]}
        value={role}
        onChange={(next) => onChange({ role: next ?? role })}
        allowDeselect={false}
      />
      <PasswordInput
        label="New password"
        description="Leave empty to keep the old one"
        value={password}
        onChange={(event) => onChange({ password: event.currentTarget.value })}
        autoComplete="new-password"
        maxLength={256}
      />
      <Switch
        label="May not log in"
        checked={isDisabled}
        onChange={(event) => onChange({ isDisabled: event.currentTarget.checked })}
      />
    </>
  );
}

function Ends({
  isBusy,
  hasChange,
  onRemove,
}: {
  isBusy: boolean;
  hasChange: boolean;
  onRemove: () => void;
}): ReactElement {
  return (
    <Group justify="space-between" gap="xs">
      <Button variant="subtle" color="red" c="var(--souk-bad)" onClick={onRemove}>
        Remove
      </Button>
      <Button type="submit" loading={isBusy} disabled={!hasChange}>
        Save
      </Button>
    </Group>
  );
}
