import type { CallArguments, RouteName } from "@souk/api";
import { Button, Menu } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import type { ReactElement } from "react";
import { curlOf, typescriptOf } from "./call-text.ts";
import { Icon } from "./icon.tsx";

/** What a page shows, as a call to make elsewhere. */
export interface CopyTexts {
  readonly curl?: string;
  readonly typescript?: string;
  /** The line of the `souk` command that does the same. */
  readonly cli?: string;
}

/** The texts of one route's call, with the command line's when it has one. */
export function copyTextsOf<N extends RouteName>(
  name: N,
  args: CallArguments<N>,
  cli?: string,
): CopyTexts {
  const { origin } = location;
  return {
    curl: curlOf(name, args, origin),
    typescript: typescriptOf(name, args, origin),
    ...(cli !== undefined && { cli }),
  };
}

const kinds = [
  { kind: "curl", name: "Copy as curl" },
  { kind: "cli", name: "Copy as command line" },
  { kind: "typescript", name: "Copy as TypeScript" },
] as const;

/** A menu that copies what the page shows as curl, command line or TypeScript. */
export function CopyAs({ texts }: { texts: CopyTexts }): ReactElement {
  return (
    <Menu position="bottom-end" shadow="md">
      <Menu.Target>
        <Button variant="default" size="xs" leftSection={<Icon name="terminal" size={15} />}>
          Copy as
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {kinds.map(({ kind, name }) => {
          const text = texts[kind];
          if (text === undefined) return null;
          return (
            <Menu.Item key={kind} onClick={() => void copyText(text)}>
              {name}
            </Menu.Item>
          );
        })}
      </Menu.Dropdown>
    </Menu>
  );
}

/** Copies text and says so. Where the browser has no clipboard for pages (plain HTTP on a network), by the old way. */
export async function copyText(text: string): Promise<void> {
  const isCopied = await navigator.clipboard?.writeText(text).then(
    () => true,
    () => false,
  );
  const done = isCopied || copyBySelection(text);
  notifications.show({
    message: done ? "Copied" : "This browser does not let pages copy",
    color: done ? "souk" : "red",
    icon: <Icon name={done ? "check" : "cross"} size={16} />,
    autoClose: 2500,
  });
}

function copyBySelection(text: string): boolean {
  const before = document.activeElement;
  const area = document.createElement("textarea");
  area.value = text;
  area.setAttribute("readonly", "");
  document.body.append(area);
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  if (before instanceof HTMLElement) before.focus();
  return done;
}
