import { type Clock, SoukError } from "@souk/core";
import type { Sql } from "@souk/store";
import type { GateResult } from "./gate.ts";
import { checkName, checkReason, checkText } from "./limits.ts";
import { appendDecision } from "./promotion-log.ts";
import { type ModelRow, modelRow, type ModelVersion, readVersion } from "./registry-rows.ts";

/** The alias that serves when a request names no version. */
export const championAlias = "champion";

/** Who moves an alias, and why. */
export interface MoveOptions {
  /** Default "champion". */
  readonly alias?: string;
  readonly by: string;
  readonly reason: string;
}

/** Moves an alias to a version, inside the caller's transaction. To make it champion is to approve it. */
export async function promoteVersion(
  sql: Sql,
  [name, version]: [string, number],
  options: MoveOptions & { gate?: GateResult; force?: boolean; clock: Clock },
): Promise<ModelVersion> {
  const { gate, force = false, clock } = options;
  const alias = checkName(options.alias ?? championAlias, "an alias");
  const model = await modelRow(sql, name);
  const { stage } = await readVersion(sql, name, version);
  if (stage === "rejected")
    throw new SoukError(
      "TRACKING_VERSION_REJECTED",
      `expected a version nobody rejected, got ${name} version ${version}; approve it first`,
    );
  const previousVersion = await aliasVersion(sql, model, alias);
  if (!force) checkGate(gate, previousVersion);
  if (previousVersion === version) return readVersion(sql, name, version);
  const decision = { alias, version, previousVersion, by: checkText(options.by, "who"), gate };
  await pointAlias(sql, model, [alias, version]);
  if (alias === championAlias)
    await decideStage(sql, model, { ...options, version, stage: "approved", clock });
  await appendDecision(
    sql,
    {
      ...decision,
      kind: "promote",
      model,
      reason: checkReason(options.reason),
      forced: force && gate?.passed !== true,
    },
    clock,
  );
  return readVersion(sql, name, version);
}

/** Moves an alias back to what it pointed at before its last promotion, inside the caller's transaction. */
export async function rollbackAlias(
  sql: Sql,
  name: string,
  { alias = championAlias, by, reason, clock }: MoveOptions & { clock: Clock },
): Promise<ModelVersion> {
  const model = await modelRow(sql, name);
  const current = await aliasVersion(sql, model, alias);
  const target = current === undefined ? undefined : await versionBefore(sql, model, alias);
  if (target === undefined) {
    throw new SoukError(
      "TRACKING_NOTHING_BEFORE",
      `expected ${name}@${alias} to have served an earlier version that is still there, found none`,
    );
  }
  await pointAlias(sql, model, [alias, target]);
  await appendDecision(
    sql,
    {
      kind: "rollback",
      model,
      alias,
      version: target,
      previousVersion: current,
      by: checkText(by, "who"),
      reason: checkReason(reason),
    },
    clock,
  );
  return readVersion(sql, name, target);
}

/** Removes an alias; nothing when it is not set. Inside the caller's transaction. */
export async function unsetAlias(
  sql: Sql,
  model: ModelRow,
  { alias = championAlias, by, reason, clock }: MoveOptions & { clock: Clock },
): Promise<void> {
  const previousVersion = await aliasVersion(sql, model, alias);
  if (previousVersion === undefined) return;
  await sql.run("DELETE FROM model_aliases WHERE model_id = ? AND alias = ?", [model.id, alias]);
  await appendDecision(sql, { kind: "unset", model, alias, previousVersion, by, reason }, clock);
}

/** Records what somebody decided about a version. Inside the caller's transaction. */
export async function decideStage(
  sql: Sql,
  model: ModelRow,
  decision: {
    version: number;
    stage: "approved" | "rejected";
    by: string;
    reason: string;
    clock: Clock;
  },
): Promise<void> {
  const { version, stage, by, reason, clock } = decision;
  await sql.run(
    `UPDATE model_versions SET stage = ?, stage_by = ?, stage_reason = ?, stage_at = ?, updated_at = ?
     WHERE model_id = ? AND version = ?`,
    [stage, by, checkReason(reason), clock.now(), clock.now(), model.id, version],
  );
}

/** The version an alias points at. */
export async function aliasVersion(
  sql: Sql,
  { id }: ModelRow,
  alias: string,
): Promise<number | undefined> {
  const row = await sql.get<{ version: number }>(
    "SELECT version FROM model_aliases WHERE model_id = ? AND alias = ?",
    [id, alias],
  );
  return row?.version;
}

function checkGate(gate: GateResult | undefined, serving: number | undefined): void {
  if (gate === undefined)
    throw new SoukError(
      "TRACKING_GATE_FAILED",
      "expected a gate's result or force with a reason, got neither",
    );
  const failed = gate.rules.filter(({ passed }) => !passed);
  if (!gate.passed || failed.length > 0) {
    const why = failed.map(
      ({ name, expected, got }) => `${name}: expected ${expected}, got ${got}`,
    );
    throw new SoukError("TRACKING_GATE_FAILED", `the gate refuses: ${why.join("; ")}`, {
      details: { gate },
    });
  }
  if (gate.incumbentVersion !== undefined && gate.incumbentVersion !== serving) {
    throw new SoukError(
      "TRACKING_GATE_STALE",
      `the gate compared with version ${gate.incumbentVersion}, but ${serving ?? "nothing"} serves now; evaluate again`,
    );
  }
}

async function pointAlias(
  sql: Sql,
  { id }: ModelRow,
  [alias, version]: [string, number],
): Promise<void> {
  await sql.run(
    `INSERT INTO model_aliases (model_id, alias, version) VALUES (?, ?, ?)
     ON CONFLICT (model_id, alias) DO UPDATE SET version = excluded.version`,
    [id, alias, version],
  );
}

/**
 * Replays the log as a stack: a promotion pushes, a rollback pops down to its version, unset empties nothing. So two
 * rollbacks in a row go two versions back, not to and fro. Versions that were removed or rejected are passed over.
 */
async function versionBefore(
  sql: Sql,
  { id }: ModelRow,
  alias: string,
): Promise<number | undefined> {
  const moves = await sql.all<{ kind: string; version: number | null }>(
    "SELECT kind, version FROM registry_log WHERE model_id = ? AND alias = ? ORDER BY sequence",
    [id, alias],
  );
  const stack: number[] = [];
  for (const { kind, version } of moves) {
    if (version === null) continue;
    if (kind === "promote") stack.push(version);
    else stack.length = Math.max(stack.lastIndexOf(version) + 1, 0);
  }
  const usable = await sql.all<{ version: number }>(
    "SELECT version FROM model_versions WHERE model_id = ? AND removed_at IS NULL AND stage <> 'rejected'",
    [id],
  );
  const current = stack.pop();
  const still = new Set(usable.map(({ version }) => version));
  return stack.findLast((version) => version !== current && still.has(version));
}
