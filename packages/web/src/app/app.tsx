import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { type ReactElement, useEffect } from "react";
import { useSession } from "../wire/hooks.ts";
import { startLive } from "../wire/live.ts";
import { Look } from "./look.tsx";
import { queries } from "./queries.ts";
import { router } from "./router.tsx";

/** The dashboard: look, queries, the event stream while somebody is logged in, and the pages. */
export function App(): ReactElement {
  return (
    <Look>
      <QueryClientProvider client={queries}>
        <SessionEffects />
        <RouterProvider router={router} />
      </QueryClientProvider>
    </Look>
  );
}

/** Each person sees answers of their own only; the stream of events lives as long as the login. */
function SessionEffects(): null {
  const session = useSession();
  const id = session.state === "open" ? session.person.id : undefined;
  const isOver = session.state === "open" && session.isOver;
  const mayFollow = session.state === "open" && session.person.permissions.has("events:read");
  useEffect(() => {
    if (id === undefined) return queries.clear();
    if (isOver) return undefined;
    // What was refused while the session was over is asked again.
    void queries.invalidateQueries();
    return mayFollow ? startLive(queries) : undefined;
  }, [id, isOver, mayFollow]);
  return null;
}
