import { Button, Center, Code, Stack, Text, Title } from "@mantine/core";
import { type ErrorComponentProps, Link } from "@tanstack/react-router";
import { type ReactElement, useEffect } from "react";
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
  if (isNotLoaded(error)) return <NotLoaded />;
  return <Broken error={error} reset={reset} />;
}

function Broken({ error, reset }: Pick<ErrorComponentProps, "error" | "reset">): ReactElement {
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

/** What browsers and Vite say of a piece of the dashboard that did not come. */
function isNotLoaded(error: unknown): boolean {
  const words =
    /dynamically imported module|Unable to preload CSS|Importing a module script failed/i;
  return error instanceof Error && words.test(error.message);
}

/**
 * The page was never here: the server is away, or serves a newer dashboard than the one in this tab. Loading anew mends both,
 * as soon as the server answers; a browser does not ask a second time for a piece that failed.
 */
function NotLoaded(): ReactElement {
  useEffect(() => {
    const timer = setInterval(() => void reloadWhenThere(), AGAIN_MS);
    void reloadWhenThere();
    return () => clearInterval(timer);
  }, []);
  return (
    <StateOf
      kind="error"
      title="The page could not be fetched"
      text="The server does not answer. It may be starting, or stopped; the page opens by itself as soon as it is back."
      onRetry={() => location.reload()}
    />
  );
}

const AGAIN_MS = 3000;
/** A page that does not even come with a fresh dashboard is not asked for all the time. */
const CALM_MS = 20_000;
const RELOADED = "souk-reloaded";

async function reloadWhenThere(): Promise<void> {
  const last = Number(sessionStorage.getItem(RELOADED) ?? 0);
  if (Date.now() - last < CALM_MS) return;
  const answer = await fetch("/", { method: "HEAD", cache: "no-store" }).catch(() => undefined);
  if (!answer?.ok) return;
  sessionStorage.setItem(RELOADED, String(Date.now()));
  location.reload();
}
