import { Alert, Button, PasswordInput, Stack, TextInput } from "@mantine/core";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { type FormEvent, type ReactElement, useEffect, useState } from "react";
import { fieldOf } from "../../parts/form-field.ts";
import { FrontDoor } from "../../parts/front-door.tsx";
import { Icon } from "../../parts/icon.tsx";
import { apiErrorOf, memberOf } from "../../wire/answers.ts";
import { useSession } from "../../wire/hooks.ts";
import { logIn } from "../../wire/session.ts";

/** Username and password; afterwards back to where one wanted to go. */
export function Page(): ReactElement {
  const { next, isOver } = useWanted();
  const session = useSession();
  const navigate = useNavigate();
  const [trouble, setTrouble] = useState<string>();
  const [isBusy, setBusy] = useState(false);

  useEffect(() => {
    document.title = "Log in · Souk";
    if (session.state === "open") void navigate({ to: next, replace: true });
    if (session.state === "closed" && session.setupNeeded)
      void navigate({ to: "/setup", hash: true, replace: true });
  }, [session, next, navigate]);

  async function submit(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault();
    const form = event.currentTarget;
    const data = new FormData(form);
    setBusy(true);
    setTrouble(undefined);
    try {
      await logIn({ username: fieldOf(data, "username"), password: fieldOf(data, "password") });
    } catch (thrown) {
      setTrouble(wordsOf(thrown));
      form.querySelector<HTMLInputElement>("[name=password]")?.select();
    } finally {
      setBusy(false);
    }
  }

  return (
    <FrontDoor
      title="Log in to Souk"
      about="The machine learning of your shop, on your own machine."
    >
      {isOver && !trouble && (
        <Alert color="yellow" icon={<Icon name="clock" />} role="status">
          Your session is over. Log in to go on where you were.
        </Alert>
      )}
      {trouble && (
        <Alert color="red" icon={<Icon name="warning" />} role="alert" id="login-trouble">
          {trouble}
        </Alert>
      )}
      <form onSubmit={(event) => void submit(event)} aria-describedby={trouble && "login-trouble"}>
        <Stack gap="md">
          <TextInput
            name="username"
            label="Username"
            autoComplete="username"
            autoCapitalize="none"
            spellCheck={false}
            required
            maxLength={64}
            data-autofocus
            autoFocus
            withAsterisk={false}
          />
          <PasswordInput
            name="password"
            label="Password"
            autoComplete="current-password"
            required
            maxLength={256}
            withAsterisk={false}
            visibilityToggleButtonProps={{ "aria-label": "Show the password" }}
          />
          <Button type="submit" loading={isBusy} fullWidth mt={4}>
            Log in
          </Button>
        </Stack>
      </form>
    </FrontDoor>
  );
}

/** Where to go afterwards: an address of this dashboard, never of another site. */
function useWanted(): { next: string; isOver: boolean } {
  const search: unknown = useSearch({ strict: false });
  const next = memberOf(search, "next");
  const isOwn = typeof next === "string" && /^\/(?![/\\])/.test(next);
  return { next: isOwn ? next : "/", isOver: memberOf(search, "over") === true };
}

function wordsOf(thrown: unknown): string {
  const { code, message, status } = apiErrorOf(thrown);
  if (code === "AUTH_FAILED") return "Wrong username or password.";
  if (code === "AUTH_THROTTLED" || code === "HTTP_RATE")
    return "Too many attempts. Wait a minute, then try again.";
  return status === 0 ? "The server does not answer. Is Souk running?" : message;
}
