import type { Actor } from "./accounts.ts";

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

/** The append-only record of changes and denied attempts. */
export interface Audit {
  record(
    entry: Pick<AuditEntry, "action" | "subject"> &
      Partial<Pick<AuditEntry, "outcome" | "details">>,
    by: Actor,
  ): Promise<void>;
  /** Newest first. */
  list(options?: {
    limit?: number;
    cursor?: string;
    actor?: string;
    action?: string;
    fromMs?: number;
    untilMs?: number;
  }): Promise<{ readonly items: readonly AuditEntry[]; readonly nextCursor?: string }>;
}
