import { type Clock, createId, systemClock } from "@souk/core";
import type { Sql, SqlValue, Store } from "@souk/store";
import type { Actor } from "./account-values.ts";
import { auditMigrations } from "./schema.ts";

/** One line of the audit log. */
export interface AuditEntry {
  readonly id: string;
  /** Epoch ms. */
  readonly at: number;
  /** Who: a username, "cli" or "anonymous". */
  readonly actor: string;
  readonly address: string;
  /** "noun.verb": "login.failed", "user.create", "request.denied". */
  readonly action: string;
  /** What it was done to: an id or a name. */
  readonly subject: string;
  readonly outcome: "done" | "denied" | "failed";
  /** Facts, never secrets. */
  readonly details: object;
  readonly requestId?: string;
}

/** What the writer of a line tells; `outcome` is "done" when left out. */
export type NewAuditEntry = Pick<AuditEntry, "action" | "subject"> &
  Partial<Pick<AuditEntry, "outcome" | "details">>;

/** Which lines to list; all when empty. */
interface AuditQuery {
  readonly limit?: number;
  /** `nextCursor` of the page before: digits. */
  readonly cursor?: string;
  readonly actor?: string;
  readonly action?: string;
  /** Inclusive. */
  readonly fromMs?: number;
  /** Exclusive. */
  readonly untilMs?: number;
}

/** The append-only record of changes and denied attempts. */
export interface Audit {
  record(entry: NewAuditEntry, by: Actor): Promise<void>;
  /** Newest first. */
  list(
    query?: AuditQuery,
  ): Promise<{ readonly items: readonly AuditEntry[]; readonly nextCursor?: string }>;
}

/** Opens the audit log in `store`. */
export async function openAudit(options: { store: Store; clock?: Clock }): Promise<Audit> {
  const { store, clock = systemClock } = options;
  await store.migrate("audit", auditMigrations);
  return {
    record: (entry, by) => appendAudit(store, { entry, by, clock }),
    list: (query = {}) => listAudit(store, query),
  };
}

/** Writes one line with `sql`, so that a change and its line commit together. */
export async function appendAudit(
  sql: Sql,
  { entry, by, clock }: { entry: NewAuditEntry; by: Actor; clock: Clock },
): Promise<void> {
  const at = clock.now();
  await sql.run(
    `INSERT INTO audit_log
       (id, sequence, at, actor, address, action, subject, outcome, details, request_id)
     VALUES (?, (SELECT COALESCE(MAX(sequence), 0) + 1 FROM audit_log), ?, ?, ?, ?, ?, ?, ?, ?)`,
    [
      createId("audit", clock),
      at,
      short(by.name),
      short(by.address),
      short(entry.action),
      short(entry.subject),
      entry.outcome ?? "done",
      JSON.stringify(entry.details ?? {}).slice(0, 10_000),
      by.requestId ?? null,
    ],
  );
}

interface AuditRow {
  readonly sequence: number;
  readonly id: string;
  readonly at: number;
  readonly actor: string;
  readonly address: string;
  readonly action: string;
  readonly subject: string;
  readonly outcome: AuditEntry["outcome"];
  readonly details: string;
  readonly request_id: string | null;
}

/** The sequence orders what happened within one millisecond too. */
async function listAudit(store: Store, query: AuditQuery) {
  const limit = query.limit ?? 100;
  const conditions: [string, SqlValue | undefined][] = [
    ["sequence < ?", query.cursor === undefined ? undefined : Number(query.cursor)],
    ["actor = ?", query.actor],
    ["action = ?", query.action],
    ["at >= ?", query.fromMs],
    ["at < ?", query.untilMs],
  ];
  const asked = conditions.flatMap(([text, value]) =>
    value === undefined ? [] : [{ text, value }],
  );
  const where = asked.length === 0 ? "" : `WHERE ${asked.map((c) => c.text).join(" AND ")}`;
  const rows = await store.all<AuditRow>(
    `SELECT * FROM audit_log ${where} ORDER BY sequence DESC LIMIT ?`,
    [...asked.map((c) => c.value), limit + 1],
  );
  const shown = rows.slice(0, limit);
  const items = shown.map(auditEntry);
  const last = shown.at(-1);
  return rows.length > limit && last ? { items, nextCursor: String(last.sequence) } : { items };
}

function auditEntry(row: AuditRow): AuditEntry {
  const { request_id, details, sequence: _sequence, ...rest } = row;
  return { ...rest, details: parsedDetails(details), ...(request_id && { requestId: request_id }) };
}

/** Details cut at their limit are no JSON any more: they are shown as text. */
function parsedDetails(text: string): object {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : { text };
  } catch {
    return { text };
  }
}

function short(text: string): string {
  return text.slice(0, 256);
}
