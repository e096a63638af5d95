import { Button, Center, Code, Stack, Text, Title } from "@mantine/core";
import { type ErrorComponentProps, Link } from "@tanstack/react-router";
import type { ReactElement } from "react";
import { Icon } from "../parts/icon.tsx";
import { StateOf } from "../parts/state-of.tsx";
import { apiErrorOf } from "../wire/answers.ts";

/** An address that is no page. */
export function NotFound(): ReactElement {
  return (
    <Center mih="60vh" p="lg">
      <Stack align="center" gap="sm" maw={420} ta="center">
        <Text fz={48} fw={700} c="dimmed" lh={1} aria-hidden>
          404
        </Text>
        <Title order={1} fz="xl">
          There is no such page
        </Title>
        <Text c="dimmed">The address may be misspelt, or what it showed has been removed.</Text>
        <Button component={Link} to="/" leftSection={<Icon name="home" />} mt="sm">
          Go home
        </Button>
      </Stack>
    </Center>
  );
}

/** A page that broke: the rest of the dashboard goes on. */
export function PageCrash({ error, reset }: ErrorComponentProps): ReactElement {
  const { code, message } = apiErrorOf(error);
  return (
    <StateOf
      kind="error"
      title="This page broke"
      text="The rest of Souk goes on. Try again; if it keeps happening, report what stands below."
      onRetry={reset}
    >
      <Code block maw="100%">
        {`${code}: ${message}`}
      </Code>
    </StateOf>
  );
}
