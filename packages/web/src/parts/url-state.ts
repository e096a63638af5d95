import { useNavigate, useRouterState } from "@tanstack/react-router";
import { useCallback } from "react";
import { memberOf } from "../wire/answers.ts";

/**
 * A filter that lives in the address (`?name=value`), so that a view can be linked, reloaded and gone back to. The fallback
 * is not written. Text comes back as text: numbers and the like are the page's to read.
 */
export function useUrlState(
  name: string,
  fallback = "",
): readonly [value: string, change: (value: string) => void] {
  const navigate = useNavigate();
  const kept = useRouterState({ select: (state) => memberOf(state.location.search, name) });
  const value = typeof kept === "string" || typeof kept === "number" ? String(kept) : fallback;
  const change = useCallback(
    (next: string) =>
      void navigate({
        to: ".",
        replace: true,
        resetScroll: false,
        search: (search: object) => withMember(search, name, next === fallback ? undefined : next),
      }),
    [navigate, name, fallback],
  );
  return [value, change];
}

function withMember(search: object, name: string, value: string | undefined): object {
  const others = Object.entries(search).filter(([key]) => key !== name);
  return Object.fromEntries(value === undefined ? others : [...others, [name, value]]);
}
