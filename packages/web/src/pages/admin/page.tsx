import type { Permission } from "@souk/api";
import { Tabs } from "@mantine/core";
import type { ReactElement } from "react";
import { copyTextsOf } from "../../parts/copy-as.tsx";
import { formatNumber } from "../../parts/format.ts";
import { Icon, type IconName } from "../../parts/icon.tsx";
import { PageHeader } from "../../parts/page-header.tsx";
import { Denied } from "../../parts/state-of.tsx";
import { useUrlState } from "../../parts/url-state.ts";
import { useApi, useMay, usePerson } from "../../wire/hooks.ts";
import styles from "./admin.module.css";
import { Audit } from "./audit.tsx";
import { Keys } from "../access/keys.tsx";
import { People } from "./people.tsx";
import { Sessions } from "../access/sessions.tsx";
import { System } from "./system.tsx";

interface Tab {
  readonly id: string;
  readonly title: string;
  readonly icon: IconName;
  readonly permission: Permission;
  readonly Panel: () => ReactElement;
}

const tabs: readonly Tab[] = [
  { id: "people", title: "People", icon: "people", permission: "users:manage", Panel: People },
  { id: "keys", title: "API keys", icon: "key", permission: "users:manage", Panel: AllKeys },
  {
    id: "sessions",
    title: "Logins",
    icon: "screen",
    permission: "users:manage",
    Panel: AllSessions,
  },
  { id: "audit", title: "Audit log", icon: "file", permission: "audit:read", Panel: Audit },
  { id: "system", title: "System", icon: "pulse", permission: "system:read", Panel: System },
];

/** Who may come in, by which keys, what they did, and whether the system is well. */
export function Page(): ReactElement {
  const { permissions } = usePerson();
  const [picked, pick] = useUrlState("tab");
  const mine = tabs.filter(({ permission }) => permissions.has(permission));
  const tab = tabs.find(({ id }) => id === picked) ?? mine[0];
  const verdict = useVerdict();
  return (
    <>
      <PageHeader
        title="Admin"
        verdict={verdict.text}
        tone={verdict.tone}
        copy={copyTextsOf("doctor", {}, "npx souk doctor")}
      />
      <Tabs value={tab?.id ?? null} onChange={(id) => pick(id ?? "")} keepMounted={false}>
        <Tabs.List mb="md" className={styles["tabs"]}>
          {tabs
            .filter((one) => mine.includes(one) || one === tab)
            .map(({ id, title, icon }) => (
              <Tabs.Tab key={id} value={id} leftSection={<Icon name={icon} size={15} />}>
                {title}
              </Tabs.Tab>
            ))}
        </Tabs.List>
        {tabs.map(({ id, permission, Panel }) => (
          <Tabs.Panel key={id} value={id}>
            {permissions.has(permission) ? <Panel /> : <Denied permission={permission} />}
          </Tabs.Panel>
        ))}
      </Tabs>
    </>
  );
}

function AllKeys(): ReactElement {
  return <Keys ofEverybody />;
}

function AllSessions(): ReactElement {
  return <Sessions ofEverybody />;
}

function useVerdict(): { text: string; tone: "plain" | "good" | "bad" } {
  const health = useApi("doctor", {}, { enabled: useMay("system:read"), everyMs: 60_000 }).data;
  const users = useApi("listUsers", {}, { enabled: useMay("users:manage") }).data?.items;
  if (!health) return { text: "Looking at the system…", tone: "plain" };
  const finding = health.findings.find(({ passed }) => !passed);
  if (finding)
    return { text: `${finding.message}${finding.cure ? ` ${finding.cure}` : ""}`, tone: "bad" };
  const active = users?.filter(({ disabled }) => !disabled).length;
  const people =
    active === undefined
      ? ""
      : ` ${formatNumber(active)} ${active === 1 ? "person" : "people"} may log in.`;
  return {
    text: `The system is well: all ${health.findings.length} checks passed.${people}`,
    tone: "good",
  };
}
