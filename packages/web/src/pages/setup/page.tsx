import { Alert, Button, PasswordInput, Stack, TextInput } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { type FormEvent, type ReactElement, useEffect, useState } from "react";
import { fieldOf } from "../../parts/form-field.ts";
import { FrontDoor } from "../../parts/front-door.tsx";
import { Icon } from "../../parts/icon.tsx";
import { apiErrorOf } from "../../wire/answers.ts";
import { useSession } from "../../wire/hooks.ts";
import { setUp } from "../../wire/session.ts";

/** The first run: whoever can read the terminal becomes the administrator. */
export function Page(): ReactElement {
  const session = useSession();
  const navigate = useNavigate();
  const [trouble, setTrouble] = useState<string>();
  const [isBusy, setBusy] = useState(false);
  const [printed] = useState(tokenInAddress);

  useEffect(() => {
    document.title = "Set up · Souk";
    if (session.state === "open") void navigate({ to: "/", replace: true });
    if (session.state === "closed" && !session.setupNeeded)
      void navigate({ to: "/login", replace: true });
  }, [session, navigate]);

  async function submit(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault();
    const data = new FormData(event.currentTarget);
    const [setupToken, username, password, again] = ["token", "username", "password", "again"].map(
      (name) => fieldOf(data, name).trim(),
    );
    if (!setupToken || !username || !password) return;
    if (password !== again) {
      setTrouble("The two passwords differ.");
      return;
    }
    setBusy(true);
    setTrouble(undefined);
    try {
      await setUp({ setupToken, username, password });
    } catch (thrown) {
      setTrouble(apiErrorOf(thrown).message);
    } finally {
      setBusy(false);
    }
  }

  return (
    <FrontDoor
      title="Welcome to Souk"
      about="Nobody has an account yet. Make yours: it will be the administrator."
    >
      {trouble && (
        <Alert color="red" icon={<Icon name="warning" />} role="alert">
          {trouble}
        </Alert>
      )}
      <form onSubmit={(event) => void submit(event)}>
        <Stack gap="md">
          <Fields printed={printed} />
          <Button type="submit" loading={isBusy} fullWidth mt={4}>
            Create the administrator
          </Button>
        </Stack>
      </form>
    </FrontDoor>
  );
}

/** Fields of the form; `printed` is the token of the printed link, or "". */
function Fields({ printed }: { printed: string }): ReactElement {
  return (
    <>
      <TextInput
        name="token"
        label="Setup token"
        description="Printed in the terminal where Souk was started"
        defaultValue={printed}
        autoComplete="off"
        spellCheck={false}
        required
        autoFocus={printed === ""}
        withAsterisk={false}
      />
      <TextInput
        name="username"
        label="Username"
        autoComplete="username"
        autoCapitalize="none"
        spellCheck={false}
        pattern="[A-Za-z0-9][A-Za-z0-9._@\-]*"
        maxLength={64}
        required
        autoFocus={printed !== ""}
        withAsterisk={false}
      />
      <PasswordInput
        name="password"
        label="Password"
        description="At least 12 characters"
        autoComplete="new-password"
        minLength={12}
        maxLength={256}
        required
        withAsterisk={false}
      />
      <PasswordInput
        name="again"
        label="The password again"
        autoComplete="new-password"
        maxLength={256}
        required
        withAsterisk={false}
      />
    </>
  );
}

/** The token of the link that `souk start` prints; a fragment is never sent to a server nor kept in its logs. */
function tokenInAddress(): string {
  const token = new URLSearchParams(location.hash.slice(1)).get("token") ?? "";
  if (token) history.replaceState(history.state, "", location.pathname);
  return token;
}
