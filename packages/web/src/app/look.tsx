import "@mantine/core/styles.css";
import "@mantine/notifications/styles.css";
import "@mantine/spotlight/styles.css";
import "./app.css";
import { MantineProvider } from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import type { ReactElement, ReactNode } from "react";
import { styleNonce } from "../wire/nonce.ts";
import { cssVariables, theme } from "./theme.ts";

/** Colours, fonts and notices; light or dark as the system says, unless the person chose. */
export function Look({ children }: { children: ReactNode }): ReactElement {
  return (
    <MantineProvider
      theme={theme}
      defaultColorScheme="auto"
      cssVariablesResolver={cssVariables}
      getStyleNonce={() => styleNonce() ?? ""}
    >
      <Notifications position="bottom-right" limit={4} />
      {children}
    </MantineProvider>
  );
}
