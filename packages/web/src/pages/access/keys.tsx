import { Button, Group } from "@mantine/core";
import { type ReactElement, useState } from "react";
import { Card } from "../../parts/card.tsx";
import { CommandLine } from "../../parts/command-line.tsx";
import { Confirm } from "../../parts/confirm.tsx";
import { type Column, DataTable } from "../../parts/data-table.tsx";
import { Icon } from "../../parts/icon.tsx";
import { ExportMenu, exportableOf } from "../../parts/page-header.tsx";
import { Answer, StateOf } from "../../parts/state-of.tsx";
import { timeColumn } from "../../parts/time-column.tsx";
import { Tag } from "../../parts/tag.tsx";
import { useApi, useApiChange } from "../../wire/hooks.ts";
import { type ApiKey, keyState, withoutButtons } from "./accounts.ts";
import { NewKey } from "./new-key.tsx";
import layout from "../../parts/layout.module.css";

const tones = { active: "good", revoked: "bad", expired: "warn" } as const;

/** Keys of programs: one's own, or everybody's. Secrets are shown once, when a key is made. */
export function Keys({ ofEverybody = false }: { ofEverybody?: boolean }): ReactElement {
  const keys = useApi("listKeys", { query: ofEverybody ? { all: true } : {} });
  const revoke = useApiChange("revokeKey", { touches: ["listKeys", "listAudit"] });
  const [nowMs] = useState(() => Date.now());
  const [isMaking, setMaking] = useState(false);
  const [doomed, doom] = useState<ApiKey>();
  const columns = keyColumns({ nowMs, ofEverybody, onRevoke: doom });
  return (
    <Card
      title={ofEverybody ? "API keys" : "My API keys"}
      actions={
        <Group gap="xs" wrap="nowrap">
          {keys.data && (
            <ExportMenu exports={exportableOf("keys", withoutButtons(columns), keys.data.items)} />
          )}
          <Button
            size="xs"
            leftSection={<Icon name="plus" size={14} />}
            onClick={() => setMaking(true)}
          >
            New key
          </Button>
        </Group>
      }
    >
      <Answer query={keys}>
        {({ items }) => (
          <DataTable
            name="keys"
            label="API keys"
            columns={columns}
            rows={items}
            rowId={({ id }) => id}
            empty={<NoKey />}
          />
        )}
      </Answer>
      {ofEverybody && (
        <div className={layout["below"]}>
          <CommandLine text="npx souk keys create checkout --user ada --scope predict:run" />
        </div>
      )}
      <NewKey opened={isMaking} onClose={() => setMaking(false)} />
      <Confirm
        opened={doomed !== undefined}
        onClose={() => doom(undefined)}
        onConfirm={() => revoke.mutateAsync({ params: { id: doomed?.id ?? "" } })}
        title={`Revoke ${doomed?.name ?? ""}?`}
        action="Revoke"
        isDangerous
      >
        Whatever uses this key is refused from the next request on.
      </Confirm>
    </Card>
  );
}

function NoKey(): ReactElement {
  return (
    <StateOf
      kind="empty"
      icon="key"
      title="No key yet"
      text="Programs come in with a key instead of a password. A key may do what its scopes say, never more than its owner."
    />
  );
}

function keyColumns({
  nowMs,
  ofEverybody,
  onRevoke,
}: {
  nowMs: number;
  ofEverybody: boolean;
  onRevoke: (key: ApiKey) => void;
}): Column<ApiKey>[] {
  const owner: Column<ApiKey> = { id: "owner", title: "Of", value: ({ username }) => username };
  return [
    { id: "name", title: "Name", value: ({ name }) => name, width: 120, grow: 2 },
    ...(ofEverybody ? [owner] : []),
    {
      id: "prefix",
      title: "Begins with",
      value: ({ prefix }) => `${prefix}…`,
      show: ({ prefix }) => <code>{prefix}…</code>,
      width: 140,
    },
    {
      id: "state",
      title: "State",
      value: (key) => keyState(key, nowMs),
      show: (key) => {
        const state = keyState(key, nowMs);
        return <Tag tone={tones[state]}>{state}</Tag>;
      },
      width: 90,
    },
    { id: "scopes", title: "May", value: ({ scopes }) => scopes.join(", "), width: 150, grow: 2 },
    timeColumn({
      id: "used",
      title: "Last used",
      at: ({ lastUsedAt }) => lastUsedAt,
      nowMs,
      none: "never",
    }),
    timeColumn({
      id: "expires",
      title: "Ends",
      at: ({ expiresAt }) => expiresAt,
      nowMs,
      none: "never",
    }),
    revokeColumn(nowMs, onRevoke),
  ];
}

function revokeColumn(nowMs: number, onRevoke: (key: ApiKey) => void): Column<ApiKey> {
  return {
    id: "revoke",
    title: "",
    value: () => undefined,
    show: (key) =>
      keyState(key, nowMs) === "active" ? (
        <Button
          size="compact-xs"
          variant="default"
          aria-label={`Revoke ${key.name}`}
          onClick={() => onRevoke(key)}
        >
          Revoke
        </Button>
      ) : null,
    width: 104,
    grow: 0,
    isSortable: false,
  };
}
