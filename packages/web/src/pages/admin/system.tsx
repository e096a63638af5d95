import type { RouteAnswer } from "@souk/api";
import { Button } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { type ReactElement, useState } from "react";
import { Card } from "../../parts/card.tsx";
import { CommandLine } from "../../parts/command-line.tsx";
import { Confirm } from "../../parts/confirm.tsx";
import { FactList } from "../../parts/fact-list.tsx";
import { formatBytes, formatDuration, formatTime } from "../../parts/format.ts";
import { Icon } from "../../parts/icon.tsx";
import { Answer, StateOf } from "../../parts/state-of.tsx";
import { useApi, useApiChange, useMay } from "../../wire/hooks.ts";
import styles from "./admin.module.css";
import layout from "../../parts/layout.module.css";

/** Whether the system is well, what runs, and the copies that are kept. */
export function System(): ReactElement {
  return (
    <div className={styles["columns"]}>
      <Health />
      <div className={styles["stack"]}>
        <Running />
        <Backups />
      </div>
    </div>
  );
}

function Health(): ReactElement {
  const health = useApi("doctor", {}, { everyMs: 60_000 });
  return (
    <Card
      title="Health"
      actions={
        <Button
          size="compact-xs"
          variant="default"
          loading={health.isFetching}
          onClick={() => void health.refetch()}
        >
          Look again
        </Button>
      }
    >
      <Answer query={health} permission="system:read">
        {({ findings }) => (
          <ul className={styles["findings"]}>
            {findings.map(({ name, passed, message, cure }) => (
              <li key={name} data-passed={passed}>
                <Icon
                  name={passed ? "check" : "warning"}
                  size={17}
                  label={passed ? "in order" : "not in order"}
                />
                <span>
                  {name}
                  <small>
                    {message}
                    {!passed && cure && `: ${cure}`}
                  </small>
                </span>
              </li>
            ))}
          </ul>
        )}
      </Answer>
      <div className={layout["below"]}>
        <CommandLine text="npx souk doctor" />
      </div>
    </Card>
  );
}

function Running(): ReactElement {
  const monitor = useApi("monitor", {}, { everyMs: 30_000 });
  return (
    <Card title="Running">
      <Answer query={monitor} permission="monitor:read">
        {({ version, uptimeSeconds, status, models }) => (
          <FactList
            facts={[
              { name: "Souk", value: version },
              { name: "State", value: status },
              { name: "Up for", value: formatDuration(uptimeSeconds * 1000) },
              { name: "Versions loaded", value: String(models.length) },
            ]}
          />
        )}
      </Answer>
    </Card>
  );
}

function Kept({ backups }: { backups: RouteAnswer<"listBackups">["items"] }): ReactElement {
  return (
    <FactList
      facts={backups.slice(0, 20).map(({ name, at, sizeBytes }) => ({
        name: formatTime(at),
        value: (
          <>
            <code>backups/{name}</code>, {formatBytes(sizeBytes)}
          </>
        ),
      }))}
    />
  );
}

function Backups(): ReactElement {
  const backups = useApi("listBackups", {});
  const make = useApiChange("backup", { touches: ["listBackups", "listAudit"] });
  const isMine = useMay("system:manage");
  const [isAsking, setAsking] = useState(false);
  return (
    <Card
      title="Backups"
      actions={
        isMine && (
          <Button size="xs" onClick={() => setAsking(true)}>
            Back up now
          </Button>
        )
      }
    >
      <Answer
        query={backups}
        permission="system:read"
        isEmpty={({ items }) => items.length === 0}
        empty={
          <StateOf
            kind="empty"
            icon="database"
            title="No backup yet"
            text="A backup is a consistent copy of records and models in the data directory. Copy it to another machine."
          />
        }
      >
        {({ items }) => <Kept backups={items} />}
      </Answer>
      <Confirm
        opened={isAsking}
        onClose={() => setAsking(false)}
        onConfirm={async () => {
          const { sizeBytes } = await make.mutateAsync({});
          notifications.show({
            message: `Backed up ${formatBytes(sizeBytes)}`,
            color: "souk",
          });
        }}
        title="Back up now?"
        action="Back up"
      >
        Records and models are copied into the data directory while the shop goes on. Datasets are
        files of their own: copy the folder lake.
      </Confirm>
    </Card>
  );
}
