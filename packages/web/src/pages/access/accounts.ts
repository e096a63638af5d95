import type { RouteAnswer } from "@souk/api";
import type { Column } from "../../parts/data-table.tsx";

export type User = RouteAnswer<"listUsers">["items"][number];
export type ApiKey = RouteAnswer<"listKeys">["items"][number];
export type LoginSession = RouteAnswer<"listSessions">["items"][number];
export type AuditEntry = RouteAnswer<"listAudit">["items"][number];

/** The columns that hold data, for exports: buttons cannot be sorted by. */
export function withoutButtons<T>(columns: readonly Column<T>[]): Column<T>[] {
  return columns.filter(({ isSortable = true }) => isSortable);
}

const DAY_MS = 86_400_000;

/** How a key stands. */
export function keyState(
  { revokedAt, expiresAt }: ApiKey,
  nowMs: number,
): "active" | "revoked" | "expired" {
  if (revokedAt !== undefined) return "revoked";
  return expiresAt !== undefined && expiresAt <= nowMs ? "expired" : "active";
}

/** How long a new key lives. */
export const lifetimes = [
  { value: "30", label: "30 days" },
  { value: "90", label: "90 days" },
  { value: "365", label: "a year" },
  { value: "", label: "until it is revoked" },
] as const;

/** When a key of so many days ends, epoch ms; undefined for never. */
export function expiryOf(days: string, nowMs: number): number | undefined {
  return days === "" ? undefined : nowMs + Number(days) * DAY_MS;
}
