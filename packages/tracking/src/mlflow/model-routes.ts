import { SoukError } from "@souk/core";
import { invalid } from "../limits.ts";
import { championAlias } from "../promotion.ts";
import type { RegisteredModel } from "../registry-rows.ts";
import { readPairList } from "./fields.ts";
import type { Route, RouteContext, Routes } from "./route.ts";
import { type Facts, selectPage } from "./select.ts";
import { latestVersions, modelToWire, versionToWire } from "./wire.ts";
import { readVersionNumber } from "./version-routes.ts";

const THROUGH = "through the MLflow API";

const latest: Route = async (fields, { tracking }) => {
  const model = await tracking.registry.model(fields.text("name"));
  return { model_versions: latestVersions(model, fields.texts("stages")).map(versionToWire) };
};

/** `registered-models/…` */
export const modelRoutes: Routes = {
  async "POST registered-models/create"(fields, { tracking }) {
    const tags = readPairList(fields, "tags").map(({ key, value }) => [key, value] as const);
    const model = await tracking.registry.createModel(fields.text("name"), {
      description: fields.optionalText("description"),
      tags: Object.fromEntries(tags),
    });
    return { registered_model: modelToWire(model) };
  },
  async "GET registered-models/get"(fields, { tracking }) {
    return { registered_model: modelToWire(await tracking.registry.model(fields.text("name"))) };
  },
  async "POST registered-models/rename"(fields, { tracking }) {
    const name = fields.text("new_name");
    await tracking.registry.updateModel(fields.text("name"), { name });
    return { registered_model: modelToWire(await tracking.registry.model(name)) };
  },
  async "PATCH registered-models/update"(fields, { tracking }) {
    const description = fields.optionalText("description");
    await tracking.registry.updateModel(fields.text("name"), { description });
    return { registered_model: modelToWire(await tracking.registry.model(fields.text("name"))) };
  },
  async "DELETE registered-models/delete"(fields, { tracking, principal }) {
    const { name, aliases } = await tracking.registry.model(fields.text("name"));
    if (Object.hasOwn(aliases, championAlias)) throw guarded("remove a model that serves");
    await tracking.registry.removeModel(name, { by: principal, reason: `removed ${THROUGH}` });
    return {};
  },
  async "GET registered-models/search"(fields, { tracking }) {
    const { items, nextToken } = selectPage(await tracking.registry.models(), fields, facts);
    return { registered_models: items.map(modelToWire), next_page_token: nextToken };
  },
  "POST registered-models/get-latest-versions": latest,
  "GET registered-models/get-latest-versions": latest,
  async "POST registered-models/set-tag"(fields, { tracking }) {
    const value = fields.optionalText("value") ?? "";
    await tracking.registry.setModelTag(fields.text("name"), fields.text("key"), value);
    return {};
  },
  async "DELETE registered-models/delete-tag"(fields, { tracking }) {
    await tracking.registry.removeModelTag(fields.text("name"), fields.text("key"));
    return {};
  },
  "POST registered-models/alias": setAlias,
  async "DELETE registered-models/alias"(fields, { tracking, principal }) {
    const alias = fields.text("alias");
    if (alias === championAlias) throw guarded("unset the champion");
    const reason = `unset ${THROUGH}`;
    await tracking.registry.unset(fields.text("name"), { alias, by: principal, reason });
    return {};
  },
  async "GET registered-models/alias"(fields, { tracking }) {
    const alias = fields.text("alias");
    return {
      model_version: versionToWire(await tracking.registry.resolve(fields.text("name"), { alias })),
    };
  },
};

/**
 * Any alias moves freely and is logged; "champion", which serves, moves only to a version somebody has approved, because
 * these routes know no gate.
 */
async function setAlias(
  ...[fields, { tracking, principal }]: [Parameters<Route>[0], RouteContext]
): Promise<object> {
  const [name, alias, version] = [
    fields.text("name"),
    fields.text("alias"),
    readVersionNumber(fields),
  ];
  if (/^(latest|v\d+)$/i.test(alias)) throw invalid("an alias other than latest or v1, v2…", alias);
  const { stage, stageBy, stageReason } = await tracking.registry.version(name, version);
  const champion = alias === championAlias;
  if (champion && stage !== "approved")
    throw guarded("make a version champion that nobody approved");
  const approval = champion ? `; approved by ${stageBy}: ${stageReason}` : "";
  const reason = `set ${THROUGH}${approval}`;
  await tracking.registry.promote(name, version, { alias, by: principal, reason, force: true });
  return {};
}

function guarded(what: string): SoukError {
  return new SoukError(
    "TRACKING_ALIAS_GUARDED",
    `MLflow's routes do not ${what}: use Souk's own promotion, which knows the gate`,
  );
}

function facts({ name, createdAt, updatedAt, tags }: RegisteredModel): Facts {
  const attributes = { name, timestamp: updatedAt, last_updated_timestamp: updatedAt };
  return { attributes: { ...attributes, creation_timestamp: createdAt }, tags };
}
