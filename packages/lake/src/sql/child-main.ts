/**
 * The program of a SQL child process: it answers one statement at a time over IPC and dies with its parent.
 * It holds no secret: its environment is empty and it is told only file paths of Parquet.
 */
import { rmSync, writeFileSync } from "node:fs";
import { errorCode, errorMessage } from "@souk/core";
import { loadFunctions } from "./functions.ts";
import { SqlSession } from "./session.ts";
import type { SqlFunction, SqlLimits, SqlReply, SqlRequest, SqlTables } from "./types.ts";

const MEMORY_REPORT_MS = 50;

let functions: readonly SqlFunction[] = [];
let functionsFailure: unknown;
let spill = "";
let tables: SqlTables = { key: "", tables: [] };
let session: { key: string; value: SqlSession } | undefined;

function reply(message: SqlReply): void {
  process.send?.(message);
}

async function start(request: SqlRequest & { kind: "start" }): Promise<void> {
  spill = request.spill;
  volunteerForOutOfMemory();
  try {
    if (request.functions !== null) functions = await loadFunctions(request.functions);
  } catch (thrown) {
    functionsFailure = thrown;
  }
  reply({ kind: "ready" });
}

/** On Linux the kernel then ends this process, not the server, when the machine runs out of memory. */
function volunteerForOutOfMemory(): void {
  if (process.platform !== "linux") return;
  try {
    writeFileSync("/proc/self/oom_score_adj", "1000");
  } catch {
    // A container may forbid it; the watchdog in the parent still holds.
  }
}

async function sessionFor(limits: SqlLimits): Promise<SqlSession> {
  if (functionsFailure !== undefined) throw functionsFailure;
  const key = `${limits.memory} ${limits.threads} ${tables.key}`;
  if (session?.key !== key) {
    session?.value.close();
    session = undefined;
    session = { key, value: await SqlSession.open(tables, limits, { functions, spill }) };
  }
  return session.value;
}

async function run({ id, sql, limits }: SqlRequest & { kind: "run" }): Promise<void> {
  try {
    const open = await sessionFor(limits);
    reply({ kind: "result", id, result: await open.run(sql, limits) });
  } catch (thrown) {
    const code = errorCode(thrown);
    reply({
      kind: "error",
      id,
      code: code?.startsWith("SQL_") ? code : "SQL_FAILED",
      message: errorMessage(thrown),
    });
  }
}

function receive(request: SqlRequest): void {
  if (request.kind === "start") void start(request);
  else if (request.kind === "tables") tables = request.tables;
  else if (request.kind === "cancel") session?.value.interrupt();
  else void run(request);
}

process.on("message", receive);
process.on("disconnect", () => {
  if (spill !== "") rmSync(spill, { recursive: true, force: true });
  process.kill(process.pid, "SIGKILL");
});
if (process.platform !== "linux")
  setInterval(() => reply({ kind: "memory", bytes: process.memoryUsage.rss() }), MEMORY_REPORT_MS);
