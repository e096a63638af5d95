import { Button, Group, PasswordInput, Stack } from "@mantine/core";
import { type FormEvent, type ReactElement, useRef } from "react";
import { Card } from "../../parts/card.tsx";
import { copyTextsOf } from "../../parts/copy-as.tsx";
import { fieldOf } from "../../parts/form-field.ts";
import { PageHeader } from "../../parts/page-header.tsx";
import { Trouble } from "../../parts/trouble.tsx";
import { useApiChange, usePerson } from "../../wire/hooks.ts";
import { Keys } from "../access/keys.tsx";
import { Sessions } from "../access/sessions.tsx";
import layout from "../../parts/layout.module.css";

/** One's own account: what one may do, password, keys and logins. */
export function Page(): ReactElement {
  const { username, role, permissions } = usePerson();
  return (
    <>
      <PageHeader
        title="My account"
        verdict={`You are logged in as ${username}. Your role, ${role}, gives you ${permissions.size} permissions.`}
        copy={copyTextsOf("me", {})}
      />
      <div className={layout["stack"]}>
        <Keys />
        <div className={layout["columns"]}>
          <Sessions />
          <Password />
        </div>
      </div>
    </>
  );
}

function Password(): ReactElement {
  const change = useApiChange("changeMyPassword");
  const form = useRef<HTMLFormElement>(null);

  function submit(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault();
    const data = new FormData(event.currentTarget);
    change.mutate(
      {
        body: {
          currentPassword: fieldOf(data, "current"),
          newPassword: fieldOf(data, "next"),
        },
      },
      { onSuccess: () => form.current?.reset() },
    );
  }

  return (
    <Card title="Password">
      <form ref={form} onSubmit={submit}>
        <Stack gap="sm">
          <PasswordInput
            label="Current password"
            name="current"
            autoComplete="current-password"
            required
            withAsterisk={false}
            maxLength={256}
          />
          <PasswordInput
            label="New password"
            description="At least 12 characters. All your logins end, this one too."
            name="next"
            autoComplete="new-password"
            required
            withAsterisk={false}
            maxLength={256}
          />
          <Trouble error={change.error} />
          <Group justify="flex-end">
            <Button type="submit" variant="default" loading={change.isPending}>
              Change it
            </Button>
          </Group>
        </Stack>
      </form>
    </Card>
  );
}
