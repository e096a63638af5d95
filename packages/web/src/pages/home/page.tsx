import type { ReactElement } from "react";
import { usePerson } from "../../wire/hooks.ts";

export function Page(): ReactElement {
  const { username } = usePerson();
  return <h1>Hello {username}</h1>;
}
