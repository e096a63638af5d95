import { MantineProvider } from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { type ReactElement, useEffect } from "react";
import { useSession } from "../wire/hooks.ts";
import { startLive } from "../wire/live.ts";
import { styleNonce } from "./nonce.ts";
import { queries } from "./queries.ts";
import { router } from "./router.tsx";
import { cssVariables, theme } from "./theme.ts";

/** The dashboard: theme, queries, the event stream while somebody is logged in, and the pages. */
export function App(): ReactElement {
  return (
    <MantineProvider
      theme={theme}
      defaultColorScheme="auto"
      cssVariablesResolver={cssVariables}
      getStyleNonce={() => styleNonce() ?? ""}
    >
      <QueryClientProvider client={queries}>
        <Notifications position="bottom-right" limit={4} />
        <SessionEffects />
        <RouterProvider router={router} />
      </QueryClientProvider>
    </MantineProvider>
  );
}

/** Each person sees answers of their own only; the stream of events lives as long as the login. */
function SessionEffects(): null {
  const session = useSession();
  const id = session.state === "open" ? session.person.id : undefined;
  const mayFollow = session.state === "open" && session.person.permissions.has("events:read");
  useEffect(() => {
    if (id === undefined) return queries.clear();
    return mayFollow ? startLive(queries) : undefined;
  }, [id, mayFollow]);
  return null;
}
