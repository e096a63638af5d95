import { Alert, Button, PasswordInput, Stack, TextInput } from "@mantine/core";
import { type FormEvent, type ReactElement, useState } from "react";
import { fieldOf } from "../../parts/form-field.ts";
import { Icon } from "../../parts/icon.tsx";
import { apiErrorOf } from "../../wire/answers.ts";
import { logIn } from "../../wire/session.ts";

/** Username and password, and why they were refused. What follows a login is up to who watches the session. */
export function LoginForm({
  isOver,
  username = "",
}: {
  /** Say that the session before has ended. */
  isOver: boolean;
  /** Who probably logs in. */
  username?: string;
}): ReactElement {
  const { trouble, isBusy, submit } = useLogin();
  return (
    <>
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
          <Credentials username={username} />
          <Button type="submit" loading={isBusy} fullWidth mt={4}>
            Log in
          </Button>
        </Stack>
      </form>
    </>
  );
}

/** Logs in with what stands in the form that is sent. */
function useLogin() {
  const [trouble, setTrouble] = useState<string>();
  const [isBusy, setBusy] = useState(false);

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

  return { trouble, isBusy, submit };
}

/** The two fields; the first that is empty has the focus. */
function Credentials({ username }: { username: string }): ReactElement {
  return (
    <>
      <TextInput
        name="username"
        label="Username"
        defaultValue={username}
        autoComplete="username"
        autoCapitalize="none"
        spellCheck={false}
        required
        maxLength={64}
        data-autofocus={username === "" || undefined}
        autoFocus={username === ""}
        withAsterisk={false}
      />
      <PasswordInput
        name="password"
        label="Password"
        autoComplete="current-password"
        required
        maxLength={256}
        data-autofocus={username !== "" || undefined}
        withAsterisk={false}
        visibilityToggleButtonProps={{ "aria-label": "Show the password" }}
      />
    </>
  );
}

function wordsOf(thrown: unknown): string {
  const { code, message, status } = apiErrorOf(thrown);
  if (code === "AUTH_FAILED") return "Wrong username or password.";
  if (code === "AUTH_THROTTLED" || code === "HTTP_RATE")
    return "Too many attempts. Wait a minute, then try again.";
  return status === 0 ? "The server does not answer. Is Souk running?" : message;
}
