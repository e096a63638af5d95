import { Button } from "@mantine/core";
import { type ReactElement, useState } from "react";
import { Card } from "../../parts/card.tsx";
import { Confirm } from "../../parts/confirm.tsx";
import { type Column, DataTable } from "../../parts/data-table.tsx";
import { formatTime } from "../../parts/format.ts";
import { ExportMenu, exportableOf } from "../../parts/page-header.tsx";
import { Answer, StateOf } from "../../parts/state-of.tsx";
import { timeColumn } from "../../parts/time-column.tsx";
import { useApi, useApiChange, usePerson } from "../../wire/hooks.ts";
import { type LoginSession, withoutButtons } from "./accounts.ts";

/** Logins that still hold: one's own, or everybody's; any can be ended. */
export function Sessions({ ofEverybody = false }: { ofEverybody?: boolean }): ReactElement {
  const sessions = useApi("listSessions", { query: ofEverybody ? { all: true } : {} });
  const revoke = useApiChange("revokeSession", { touches: ["listSessions", "listAudit"] });
  const { username } = usePerson();
  const [nowMs] = useState(() => Date.now());
  const [doomed, doom] = useState<LoginSession>();
  const columns = sessionColumns({ nowMs, ofEverybody, onEnd: doom });
  return (
    <Card
      title={ofEverybody ? "Logins" : "My logins"}
      actions={
        sessions.data && (
          <ExportMenu
            exports={exportableOf("logins", withoutButtons(columns), sessions.data.items)}
          />
        )
      }
    >
      <Answer query={sessions}>
        {({ items }) => (
          <DataTable
            name="sessions"
            label="logins"
            columns={columns}
            rows={items}
            rowId={({ id }) => id}
            empty={<StateOf kind="empty" icon="screen" title="Nobody is logged in" />}
          />
        )}
      </Answer>
      <Confirm
        opened={doomed !== undefined}
        onClose={() => doom(undefined)}
        onConfirm={() => revoke.mutateAsync({ params: { id: doomed?.id ?? "" } })}
        title={`End this login of ${doomed?.username ?? ""}?`}
        action="End it"
        isDangerous
      >
        {doomed?.username === username
          ? "If it is the one of this browser, you will have to log in again."
          : "They will have to log in again."}
      </Confirm>
    </Card>
  );
}

function sessionColumns({
  nowMs,
  ofEverybody,
  onEnd,
}: {
  nowMs: number;
  ofEverybody: boolean;
  onEnd: (session: LoginSession) => void;
}): Column<LoginSession>[] {
  const owner: Column<LoginSession> = {
    id: "who",
    title: "Who",
    value: ({ username }) => username,
  };
  return [
    ...(ofEverybody ? [owner] : []),
    { id: "address", title: "From", value: ({ address }) => address },
    timeColumn({ id: "began", title: "Began", at: ({ createdAt }) => createdAt, nowMs }),
    timeColumn({ id: "used", title: "Last used", at: ({ lastUsedAt }) => lastUsedAt, nowMs }),
    timeColumn({ id: "ends", title: "Ends", at: ({ expiresAt }) => expiresAt, nowMs }),
    {
      id: "end",
      title: "",
      value: () => undefined,
      show: (session) => (
        <Button
          size="compact-xs"
          variant="default"
          aria-label={`End the login of ${session.username} from ${session.address}, ${formatTime(session.createdAt)}`}
          onClick={() => onEnd(session)}
        >
          End
        </Button>
      ),
      width: 90,
      grow: 0,
      isSortable: false,
    },
  ];
}
