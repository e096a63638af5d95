import { useNavigate, useRouterState } from "@tanstack/react-router";
import { lazy, type ReactElement, type ReactNode, Suspense, useEffect } from "react";
import { Loading, StateOf } from "../parts/state-of.tsx";
import { useSession } from "../wire/hooks.ts";
import { findSession } from "../wire/session.ts";

const LogInAgain = lazy(async () => ({
  default: (await import("../pages/login/log-in-again.tsx")).LogInAgain,
}));

/** Shows the pages to whoever is logged in, and sends others to log in and back. */
export function Gate({ children }: { children: ReactNode }): ReactElement {
  const session = useSession();
  const navigate = useNavigate();
  const here = useRouterState({ select: (state) => state.location.href });
  const { state } = session;
  const setupNeeded = state === "closed" && session.setupNeeded;
  const wasOpen = state === "closed" && session.wasOpen;
  useEffect(() => {
    // The page of the login is on its way: until it is there, this one still stands.
    if (state !== "closed" || /^\/(login|setup)\b/.test(here)) return;
    if (setupNeeded) {
      void navigate({ to: "/setup", hash: true, replace: true });
      return;
    }
    const search = { ...(here !== "/" && { next: here }), ...(wasOpen && { over: true }) };
    void navigate({ to: "/login", search, replace: true });
  }, [state, setupNeeded, wasOpen, here, navigate]);
  if (state === "open")
    return (
      <>
        {children}
        {session.isOver && (
          <Suspense>
            <LogInAgain username={session.person.username} />
          </Suspense>
        )}
      </>
    );
  if (state === "unreachable")
    return (
      <StateOf
        kind="error"
        title="The server does not answer"
        text="It may be starting, or stopped. Nothing is lost: try again in a moment."
        onRetry={() => void findSession()}
      />
    );
  return <Loading full />;
}
