import { Autocomplete, Button, Group, Modal, Text, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { type ReactElement, useMemo, useState } from "react";
import { Card } from "../../parts/card.tsx";
import { CodeBlock } from "../../parts/code-block.tsx";
import { CopyAs, copyTextsOf } from "../../parts/copy-as.tsx";
import { type Column, DataTable } from "../../parts/data-table.tsx";
import { FactList } from "../../parts/fact-list.tsx";
import { formatTime } from "../../parts/format.ts";
import { ExportMenu, exportableOf } from "../../parts/page-header.tsx";
import { Answer, StateOf } from "../../parts/state-of.tsx";
import { timeColumn } from "../../parts/time-column.tsx";
import { Tag } from "../../parts/tag.tsx";
import { useUrlState } from "../../parts/url-state.ts";
import { apiErrorOf } from "../../wire/answers.ts";
import { callApi, useApi } from "../../wire/hooks.ts";
import type { AuditEntry } from "../access/accounts.ts";
import { spanOf } from "./audit-span.ts";
import styles from "./admin.module.css";

const PAGE = 500;

/** Who did what, newest first, by person, action and day; older entries on request. */
export function Audit(): ReactElement {
  const [actor, setActor] = useUrlState("actor");
  const [action, setAction] = useUrlState("action");
  const [from, setFrom] = useUrlState("from");
  const [until, setUntil] = useUrlState("until");
  const users = useApi("listUsers", {});
  const query = {
    limit: PAGE,
    ...(actor !== "" && { actor }),
    ...(action !== "" && { action }),
    ...spanOf(from, until),
  };
  const first = useApi("listAudit", { query }, { keepPrevious: true });
  const actions = useMemo(
    () => [...new Set((first.data?.items ?? []).map((entry) => entry.action))].toSorted(),
    [first.data],
  );
  return (
    <Card title="Audit log" actions={<CopyAs texts={copyTextsOf("listAudit", { query })} />}>
      <div className={styles["tools"]}>
        <Autocomplete
          size="xs"
          label="Who"
          data={(users.data?.items ?? []).map(({ username }) => username)}
          value={actor}
          onChange={setActor}
          maxLength={64}
        />
        <Autocomplete
          size="xs"
          label="Action"
          data={actions}
          value={action}
          onChange={setAction}
          maxLength={64}
        />
        <TextInput
          size="xs"
          type="date"
          label="From"
          value={from}
          onChange={(event) => setFrom(event.currentTarget.value)}
        />
        <TextInput
          size="xs"
          type="date"
          label="Until"
          value={until}
          onChange={(event) => setUntil(event.currentTarget.value)}
        />
      </div>
      <Answer query={first} permission="audit:read">
        {(page) => <Entries key={JSON.stringify(query)} page={page} query={query} />}
      </Answer>
    </Card>
  );
}

interface AuditPage {
  readonly items: readonly AuditEntry[];
  readonly nextCursor?: string;
}

/** The entries of a page and of those that were loaded after it; `more` loads the next, if there is one. */
function useEntries(page: AuditPage, query: object) {
  const [older, setOlder] = useState<readonly AuditPage[]>([]);
  const [isBusy, setBusy] = useState(false);
  // New entries push old ones over the edge of the first page: those of both pages are shown once.
  const rows = useMemo(() => unique([page, ...older].flatMap(({ items }) => items)), [page, older]);
  const cursor = (older.at(-1) ?? page).nextCursor;

  async function more(): Promise<void> {
    if (cursor === undefined) return;
    setBusy(true);
    try {
      const next = await callApi("listAudit", { query: { ...query, limit: PAGE, cursor } });
      setOlder((before) => [...before, next]);
    } catch (thrown) {
      const { code, message } = apiErrorOf(thrown);
      notifications.show({ message: `${message} (${code})`, color: "red" });
    } finally {
      setBusy(false);
    }
  }

  return { rows, isBusy, hasMore: cursor !== undefined, more };
}

function Entries({ page, query }: { page: AuditPage; query: object }): ReactElement {
  const { rows, isBusy, hasMore, more } = useEntries(page, query);
  const [nowMs] = useState(() => Date.now());
  const [opened, open] = useState<AuditEntry>();
  const columns = useMemo(() => columnsAt(nowMs), [nowMs]);
  return (
    <>
      <DataTable
        name="audit"
        label="audit log"
        columns={columns}
        rows={rows}
        rowId={({ id }) => id}
        onOpen={open}
        empty={
          <StateOf
            kind="empty"
            icon="file"
            title="Nothing like this happened"
            text="Choose another person, action or day."
          />
        }
      />
      <Group mt="sm" gap="xs">
        {hasMore && (
          <Button size="xs" variant="default" loading={isBusy} onClick={() => void more()}>
            Load older entries
          </Button>
        )}
        {rows.length > 0 && <ExportMenu exports={exportableOf("audit", exported, rows)} />}
      </Group>
      <Opened entry={opened} onClose={() => open(undefined)} />
    </>
  );
}

function Opened({
  entry,
  onClose,
}: {
  entry: AuditEntry | undefined;
  onClose: () => void;
}): ReactElement {
  return (
    <Modal
      opened={entry !== undefined}
      onClose={onClose}
      title={<Text fw={650}>{entry?.action}</Text>}
      closeButtonProps={{ "aria-label": "Close" }}
      size="lg"
      centered
    >
      {entry && <Details entry={entry} />}
    </Modal>
  );
}

function Details({ entry }: { entry: AuditEntry }): ReactElement {
  const { at, actor, address, subject, outcome, details, requestId } = entry;
  return (
    <>
      <FactList
        facts={[
          { name: "When", value: `${formatTime(at)} (${new Date(at).toISOString()})` },
          { name: "Who", value: actor },
          { name: "From", value: address },
          { name: "On", value: subject },
          { name: "Outcome", value: outcome },
          { name: "Request", value: requestId ?? "not over HTTP" },
        ]}
      />
      <CodeBlock text={JSON.stringify(details, null, 2)} label="details" />
    </>
  );
}

function unique(entries: readonly AuditEntry[]): AuditEntry[] {
  return [...new Map(entries.map((entry) => [entry.id, entry])).values()];
}

const tones = { done: "good", denied: "bad", failed: "warn" } as const;

function columnsAt(nowMs: number): Column<AuditEntry>[] {
  return [
    timeColumn({ id: "at", title: "When", at: ({ at }) => at, nowMs, width: 150 }),
    { id: "who", title: "Who", value: ({ actor }) => actor },
    { id: "what", title: "Action", value: ({ action }) => action, width: 160 },
    { id: "subject", title: "On", value: ({ subject }) => subject, width: 160, grow: 2 },
    {
      id: "outcome",
      title: "Outcome",
      value: ({ outcome }) => outcome,
      show: ({ outcome }) => <Tag tone={tones[outcome]}>{outcome}</Tag>,
      width: 100,
    },
    { id: "address", title: "From", value: ({ address }) => address, width: 120 },
    { id: "details", title: "Details", value: detailsOf, width: 180, grow: 2 },
  ];
}

function detailsOf({ details }: AuditEntry): string {
  return Object.entries(details)
    .map(([name, value]) => `${name} ${typeof value === "string" ? value : JSON.stringify(value)}`)
    .join(", ");
}

/** The whole of an entry, for files. */
const exported = [
  { id: "at", value: ({ at }: AuditEntry) => new Date(at).toISOString() },
  { id: "actor", value: ({ actor }: AuditEntry) => actor },
  { id: "action", value: ({ action }: AuditEntry) => action },
  { id: "subject", value: ({ subject }: AuditEntry) => subject },
  { id: "outcome", value: ({ outcome }: AuditEntry) => outcome },
  { id: "address", value: ({ address }: AuditEntry) => address },
  { id: "details", value: ({ details }: AuditEntry) => JSON.stringify(details) },
  { id: "requestId", value: ({ requestId }: AuditEntry) => requestId },
];
