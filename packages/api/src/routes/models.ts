import { Type } from "typebox";
import type { RouteContract } from "../contract.ts";
import { closed, Id, Name, NameParams, Open, Time, Words } from "../values.ts";

const VersionRecord = Type.Object({
  model: Name,
  version: Type.Integer(),
  stage: Type.Enum(["pending", "approved", "rejected"]),
  runId: Type.Optional(Id),
  metrics: Type.Record(Type.String(), Type.Number()),
  createdAt: Time,
  createdBy: Type.Optional(Type.String()),
  /** Who decided the stage, when and why. */
  stageBy: Type.Optional(Type.String()),
  stageReason: Type.Optional(Type.String()),
  stageAt: Type.Optional(Time),
  /** What its report says in short: family, metric, baseline, rows. */
  summary: Type.Optional(Open),
});

const Model = Type.Object({
  name: Name,
  task: Type.Optional(Type.String()),
  description: Type.Optional(Type.String()),
  aliases: Type.Record(Type.String(), Type.Integer()),
  versions: Type.Array(VersionRecord),
});

const GateResult = Type.Object({
  passed: Type.Boolean(),
  rules: Type.Array(
    Type.Object({
      name: Type.String(),
      passed: Type.Boolean(),
      expected: Type.String(),
      got: Type.String(),
    }),
  ),
  /** The version it was compared with. */
  incumbentVersion: Type.Optional(Type.Integer()),
});

/** What a run learnt from. */
const RunData = Type.Object({ dataset: Name, version: Type.Integer(), hash: Type.String() });

/** One decision about a model; the log is only ever added to. */
const PromotionEntry = Type.Object({
  sequence: Type.Integer(),
  kind: Type.Enum(["promote", "rollback", "unset", "approve", "reject"]),
  model: Name,
  alias: Type.Optional(Name),
  version: Type.Optional(Type.Integer()),
  previousVersion: Type.Optional(Type.Integer()),
  runId: Type.Optional(Id),
  data: Type.Optional(RunData),
  by: Type.String(),
  reason: Type.String(),
  gate: Type.Optional(GateResult),
  forced: Type.Boolean(),
  at: Time,
});

/** What an alias pointed at over a span of time; without `until` it still does. */
const ServedSpan = Type.Object({
  model: Name,
  alias: Name,
  version: Type.Integer(),
  runId: Type.Optional(Id),
  data: Type.Optional(RunData),
  promotedBy: Type.String(),
  reason: Type.String(),
  forced: Type.Boolean(),
  from: Time,
  until: Type.Optional(Time),
});

const AliasMove = Type.Object({ model: Name, version: Type.Integer(), alias: Name });
const Log = Type.Object({ items: Type.Array(PromotionEntry) });
const VersionParams = closed({
  name: Name,
  version: Type.Integer({ minimum: 1, maximum: 2_147_483_647 }),
});
const Reasoned = closed({ reason: Words });

const shared = { tag: "models", errors: "problem" } as const;
const reading = { ...shared, method: "GET", permission: "models:read" } as const;
const deciding = { ...shared, method: "POST", permission: "models:write" } as const;

/** The registry: which models there are, which version serves, who decided it and why. */
export const modelRoutes = {
  listModels: {
    ...reading,
    path: "/api/v1/models",
    summary: "Every model with its versions and aliases",
    responses: { 200: Type.Object({ items: Type.Array(Model) }) },
  },
  getModel: {
    ...reading,
    path: "/api/v1/models/:name",
    summary: "One model",
    params: NameParams,
    responses: { 200: Model },
  },
  approveVersion: {
    ...deciding,
    path: "/api/v1/models/:name/versions/:version/approve",
    summary: "Approve a version",
    params: VersionParams,
    body: Reasoned,
    responses: { 200: VersionRecord },
  },
  rejectVersion: {
    ...deciding,
    path: "/api/v1/models/:name/versions/:version/reject",
    summary: "Reject a version",
    params: VersionParams,
    body: Reasoned,
    responses: { 200: VersionRecord },
  },
  checkGate: {
    ...shared,
    method: "GET",
    permission: "models:write",
    path: "/api/v1/models/:name/versions/:version/gate",
    summary: "What the gate says of a version today, the champion measured on the same test rows",
    params: VersionParams,
    responses: { 200: GateResult },
  },
  promoteVersion: {
    ...deciding,
    path: "/api/v1/models/:name/versions/:version/promote",
    summary: "Point an alias (champion) at a version when the gate passes, or by force",
    params: VersionParams,
    body: closed({
      reason: Words,
      alias: Type.Optional(Name),
      force: Type.Optional(Type.Boolean()),
    }),
    responses: {
      200: Type.Object({
        model: Name,
        version: Type.Integer(),
        alias: Name,
        gate: GateResult,
      }),
    },
  },
  rollbackModel: {
    ...deciding,
    path: "/api/v1/models/:name/rollback",
    summary: "Point an alias back at the version before",
    params: NameParams,
    body: closed({ reason: Words, alias: Type.Optional(Name) }),
    responses: { 200: AliasMove },
  },
  modelLog: {
    ...reading,
    path: "/api/v1/models/:name/log",
    summary: "The promotion log of a model, newest first",
    params: NameParams,
    responses: { 200: Log },
  },
  promotionLog: {
    ...reading,
    path: "/api/v1/promotions",
    summary: "The promotion log of every model, newest first",
    responses: { 200: Log },
  },
  servedAt: {
    ...reading,
    path: "/api/v1/served-at",
    summary: "What served at a time, trained on what, promoted by whom",
    query: closed({
      /** Epoch ms, or a date and time in ISO 8601; default now. */
      at: Type.Optional(
        Type.String({ minLength: 1, maxLength: 40, pattern: "^[0-9][0-9T:.Z+-]*$" }),
      ),
      model: Type.Optional(Name),
      alias: Type.Optional(Name),
    }),
    responses: { 200: Type.Object({ at: Time, items: Type.Array(ServedSpan) }) },
  },
} as const satisfies Record<string, RouteContract>;
