import { useNavigate, useSearch } from "@tanstack/react-router";
import { type ReactElement, useEffect } from "react";
import { FrontDoor } from "../../parts/front-door.tsx";
import { memberOf } from "../../wire/answers.ts";
import { useSession } from "../../wire/hooks.ts";
import { LoginForm } from "./login-form.tsx";

/** Username and password; afterwards back to where one wanted to go. */
export function Page(): ReactElement {
  const { next, isOver } = useWanted();
  const session = useSession();
  const navigate = useNavigate();
  useEffect(() => {
    document.title = "Log in · Souk";
    if (session.state === "open") void navigate({ to: next, replace: true });
    if (session.state === "closed" && session.setupNeeded)
      void navigate({ to: "/setup", hash: true, replace: true });
  }, [session, next, navigate]);

  return (
    <FrontDoor
      title="Log in to Souk"
      about="The machine learning of your shop, on your own machine."
    >
      <LoginForm isOver={isOver} />
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
