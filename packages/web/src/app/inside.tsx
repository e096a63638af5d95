import type { ReactElement } from "react";
import { Gate } from "./gate.tsx";
import { Shell } from "./shell.tsx";

/** Every page behind the login. A chunk of its own: the login does not wait for navigation, menus and palette. */
export function Inside(): ReactElement {
  return (
    <Gate>
      <Shell />
    </Gate>
  );
}
