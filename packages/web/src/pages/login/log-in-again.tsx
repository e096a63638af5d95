import { Button, Modal, Stack, Text } from "@mantine/core";
import type { ReactElement } from "react";
import { logOut } from "../../wire/session.ts";
import { LoginForm } from "./login-form.tsx";

/** Stands before a page whose session ended meanwhile: what was typed into it is there after the login. */
export function LogInAgain({ username }: { username: string }): ReactElement {
  return (
    <Modal
      opened
      onClose={() => undefined}
      title={<Text fw={650}>Log in again</Text>}
      withCloseButton={false}
      closeOnEscape={false}
      closeOnClickOutside={false}
      zIndex={1000}
      overlayProps={{ backgroundOpacity: 0.7, blur: 10 }}
      centered
    >
      <Stack gap="md">
        <LoginForm isOver username={username} />
        <Button variant="subtle" color="gray" onClick={() => void logOut()}>
          Leave this page and log in as somebody else
        </Button>
      </Stack>
    </Modal>
  );
}
