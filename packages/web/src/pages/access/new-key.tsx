import type { Permission, RouteAnswer } from "@souk/api";
import { isPermission, permissions } from "@souk/api";
import { Button, Checkbox, Group, Modal, Select, Stack, Text, TextInput } from "@mantine/core";
import { type FormEvent, type ReactElement, useState } from "react";
import { CodeBlock } from "../../parts/code-block.tsx";
import { fieldOf } from "../../parts/form-field.ts";
import { Trouble } from "../../parts/trouble.tsx";
import { useApiChange, usePerson } from "../../wire/hooks.ts";
import { expiryOf, lifetimes } from "./accounts.ts";
import styles from "./access.module.css";

/** Makes a key of one's own and shows its secret, this once. */
export function NewKey({
  opened,
  onClose,
}: {
  opened: boolean;
  onClose: () => void;
}): ReactElement {
  const make = useApiChange("createKey", { touches: ["listKeys", "listAudit"] });

  function close(): void {
    make.reset();
    onClose();
  }

  return (
    <Modal
      opened={opened}
      onClose={close}
      title={<Text fw={650}>{make.data ? "Keep this secret now" : "New API key"}</Text>}
      closeButtonProps={{ "aria-label": "Close" }}
      // The secret must not vanish by a click beside it.
      closeOnClickOutside={!make.data}
      size="lg"
      centered
    >
      {make.data ? (
        <Made made={make.data} onDone={close} />
      ) : (
        <KeyForm make={make} onCancel={close} />
      )}
    </Modal>
  );
}

function KeyForm({
  make,
  onCancel,
}: {
  make: ReturnType<typeof useApiChange<"createKey">>;
  onCancel: () => void;
}): ReactElement {
  const person = usePerson();
  const mine = permissions.filter((permission) => person.permissions.has(permission));
  const [scopes, setScopes] = useState<readonly Permission[]>(
    mine.filter((permission) => permission === "predict:run"),
  );
  const [days, setDays] = useState<string>(lifetimes[1].value);

  function submit(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault();
    const name = fieldOf(new FormData(event.currentTarget), "name");
    const expiresAt = expiryOf(days, Date.now());
    make.mutate({
      body: { name, scopes: [...scopes], ...(expiresAt !== undefined && { expiresAt }) },
    });
  }

  return (
    <form onSubmit={submit}>
      <Stack gap="md">
        <TextInput
          label="What is it for?"
          name="name"
          placeholder="checkout"
          autoComplete="off"
          required
          withAsterisk={false}
          maxLength={100}
          data-autofocus
        />
        <Select
          label="It works"
          data={[...lifetimes]}
          value={days}
          onChange={(next) => setDays(next ?? days)}
          allowDeselect={false}
        />
        <ScopeChoice mine={mine} scopes={scopes} onChange={setScopes} />
        <Trouble error={make.error} />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onCancel}>
            Cancel
          </Button>
          <Button type="submit" loading={make.isPending} disabled={scopes.length === 0}>
            Make the key
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function ScopeChoice({
  mine,
  scopes,
  onChange,
}: {
  mine: readonly Permission[];
  scopes: readonly Permission[];
  onChange: (scopes: readonly Permission[]) => void;
}): ReactElement {
  return (
    <Checkbox.Group
      label="What may it do?"
      description="As little as it needs; never more than you may"
      value={[...scopes]}
      onChange={(next) => onChange(next.filter(isPermission))}
    >
      <div className={styles["scopes"]}>
        {mine.map((permission) => (
          <Checkbox key={permission} value={permission} label={permission} size="xs" />
        ))}
      </div>
    </Checkbox.Group>
  );
}

function Made({
  made: { key, secret },
  onDone,
}: {
  made: RouteAnswer<"createKey">;
  onDone: () => void;
}): ReactElement {
  return (
    <Stack gap="md">
      <Text fz="sm">
        This is the only time the secret of {key.name} is shown: the shop keeps its hash alone. Put
        it where your program reads its secrets.
      </Text>
      <CodeBlock text={secret} label="secret of the key" />
      <Text fz="sm">Try it:</Text>
      <CodeBlock
        text={`export SOUK_KEY='${secret}'\ncurl -s '${location.origin}/api/v1/me' -H "authorization: Bearer $SOUK_KEY"`}
        label="how to use the key"
      />
      <Group justify="flex-end">
        <Button onClick={onDone}>I have kept it</Button>
      </Group>
    </Stack>
  );
}
