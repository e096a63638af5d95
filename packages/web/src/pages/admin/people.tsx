import { isRole, roles } from "@souk/api";
import { Button, Group, Modal, PasswordInput, Select, Stack, Text, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { type FormEvent, type ReactElement, useMemo, useState } from "react";
import { Card } from "../../parts/card.tsx";
import { CommandLine } from "../../parts/command-line.tsx";
import { type Column, DataTable } from "../../parts/data-table.tsx";
import { fieldOf } from "../../parts/form-field.ts";
import { Icon } from "../../parts/icon.tsx";
import { ExportMenu, exportableOf } from "../../parts/page-header.tsx";
import { Answer } from "../../parts/state-of.tsx";
import { timeColumn } from "../../parts/time-column.tsx";
import { Tag } from "../../parts/tag.tsx";
import { Trouble } from "../../parts/trouble.tsx";
import { useApi, useApiChange } from "../../wire/hooks.ts";
import type { User } from "../access/accounts.ts";
import { ChangeUser } from "./change-user.tsx";
import { roleWords } from "./roles.ts";
import layout from "../../parts/layout.module.css";

/** Everybody who may log in, and what they may do. */
export function People(): ReactElement {
  const users = useApi("listUsers", {});
  const [nowMs] = useState(() => Date.now());
  const columns = useMemo(() => columnsAt(nowMs), [nowMs]);
  const [isAdding, setAdding] = useState(false);
  const [changed, change] = useState<User>();
  return (
    <Card
      title="People"
      actions={
        <Group gap="xs" wrap="nowrap">
          {users.data && <ExportMenu exports={exportableOf("people", columns, users.data.items)} />}
          <Button
            size="xs"
            leftSection={<Icon name="plus" size={14} />}
            onClick={() => setAdding(true)}
          >
            Add a person
          </Button>
        </Group>
      }
    >
      <Answer query={users} permission="users:manage">
        {({ items }) => (
          <DataTable
            name="people"
            label="people"
            columns={columns}
            rows={items}
            rowId={({ id }) => id}
            onOpen={change}
          />
        )}
      </Answer>
      <div className={layout["below"]}>
        <CommandLine text="npx souk users add ada --role analyst" />
      </div>
      <AddUser opened={isAdding} onClose={() => setAdding(false)} />
      <ChangeUser key={changed?.id ?? ""} user={changed} onClose={() => change(undefined)} />
    </Card>
  );
}

function columnsAt(nowMs: number): Column<User>[] {
  return [
    { id: "username", title: "Name", value: ({ username }) => username, width: 130, grow: 2 },
    { id: "role", title: "Role", value: ({ role }) => role, show: ({ role }) => <Tag>{role}</Tag> },
    {
      id: "state",
      title: "State",
      value: ({ disabled }) => (disabled ? "disabled" : "active"),
      show: ({ disabled }) => (
        <Tag tone={disabled ? "bad" : "good"}>{disabled ? "disabled" : "active"}</Tag>
      ),
    },
    timeColumn({
      id: "login",
      title: "Last login",
      at: ({ lastLoginAt }) => lastLoginAt,
      nowMs,
      none: "never",
    }),
    timeColumn({ id: "created", title: "Added", at: ({ createdAt }) => createdAt, nowMs }),
  ];
}

function AddUser({ opened, onClose }: { opened: boolean; onClose: () => void }): ReactElement {
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={<Text fw={650}>Add a person</Text>}
      closeButtonProps={{ "aria-label": "Close" }}
      centered
    >
      <AddUserForm onDone={onClose} />
    </Modal>
  );
}

function AddUserForm({ onDone }: { onDone: () => void }): ReactElement {
  const add = useApiChange("createUser", { touches: ["listUsers", "listAudit"] });
  const [role, setRole] = useState<string>("analyst");

  function submit(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault();
    const data = new FormData(event.currentTarget);
    const username = fieldOf(data, "username");
    if (!isRole(role)) return;
    add.mutate(
      { body: { username, password: fieldOf(data, "password"), role } },
      {
        onSuccess: () => {
          notifications.show({ message: `${username} may log in now`, color: "souk" });
          onDone();
        },
      },
    );
  }

  return (
    <form onSubmit={submit}>
      <Stack gap="md">
        <Credentials />
        <Select
          label="Role"
          description={roleWords(role)}
          data={[...roles]}
          value={role}
          onChange={(next) => setRole(next ?? role)}
          allowDeselect={false}
        />
        <Trouble error={add.error} />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onDone}>
            Cancel
          </Button>
          <Button type="submit" loading={add.isPending}>
            Add
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function Credentials(): ReactElement {
  return (
    <>
      <TextInput
        label="Username"
        name="username"
        autoComplete="off"
        required
        withAsterisk={false}
        maxLength={64}
        data-autofocus
      />
      <PasswordInput
        label="First password"
        description="At least 12 characters; they can change it under My account"
        name="password"
        autoComplete="new-password"
        required
        withAsterisk={false}
        maxLength={256}
      />
    </>
  );
}
