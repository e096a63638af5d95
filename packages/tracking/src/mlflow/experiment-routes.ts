import type { Experiment } from "../experiments.ts";
import { invalid } from "../limits.ts";
import { type Fields, readPairList } from "./fields.ts";
import type { Route, Routes } from "./route.ts";
import { type Facts, selectPage } from "./select.ts";
import { experimentToWire } from "./wire.ts";

const search: Route = async (fields, { tracking }) => {
  const view = readView(fields, "view_type");
  const active = view === "removed" ? [] : await tracking.experiments.list();
  const removed = view === "active" ? [] : await tracking.experiments.list({ removed: true });
  const newestFirst = [...active, ...removed].toSorted((a, b) => b.createdAt - a.createdAt);
  const { items, nextToken } = selectPage(newestFirst, fields, facts);
  return { experiments: items.map(experimentToWire), next_page_token: nextToken };
};

/** `experiments/…` */
export const experimentRoutes: Routes = {
  async "POST experiments/create"(fields, { tracking }) {
    const tags = readPairList(fields, "tags").map(({ key, value }) => [key, value] as const);
    const { id } = await tracking.experiments.create(fields.text("name"), {
      tags: Object.fromEntries(tags),
    });
    return { experiment_id: id };
  },
  async "GET experiments/get"(fields, { tracking }) {
    return {
      experiment: experimentToWire(await tracking.experiments.get(fields.text("experiment_id"))),
    };
  },
  async "GET experiments/get-by-name"(fields, { tracking }) {
    const name = fields.text("experiment_name");
    return { experiment: experimentToWire(await tracking.experiments.byName(name)) };
  },
  "POST experiments/search": search,
  "GET experiments/search": search,
  async "POST experiments/update"(fields, { tracking }) {
    const name = fields.optionalText("new_name");
    if (name !== undefined) await tracking.experiments.rename(fields.text("experiment_id"), name);
    return {};
  },
  async "POST experiments/delete"(fields, { tracking }) {
    await tracking.experiments.remove(fields.text("experiment_id"));
    return {};
  },
  async "POST experiments/restore"(fields, { tracking }) {
    await tracking.experiments.restore(fields.text("experiment_id"));
    return {};
  },
  async "POST experiments/set-experiment-tag"(fields, { tracking }) {
    const value = fields.optionalText("value") ?? "";
    await tracking.experiments.setTag(fields.text("experiment_id"), fields.text("key"), value);
    return {};
  },
  async "POST experiments/delete-experiment-tag"(fields, { tracking }) {
    await tracking.experiments.removeTag(fields.text("experiment_id"), fields.text("key"));
    return {};
  },
};

const VIEWS: Readonly<Record<string, "active" | "removed" | "all">> = {
  ACTIVE_ONLY: "active",
  DELETED_ONLY: "removed",
  ALL: "all",
};

/** MLflow's view of active and deleted things. @throws SoukError `TRACKING_INVALID`. */
export function readView(fields: Fields, name: string): "active" | "removed" | "all" {
  const text = fields.optionalText(name) ?? "ACTIVE_ONLY";
  const view = Object.hasOwn(VIEWS, text) ? VIEWS[text] : undefined;
  if (view === undefined)
    throw invalid(`${name} to be one of ${Object.keys(VIEWS).join(", ")}`, text);
  return view;
}

function facts({ id, name, createdAt, updatedAt, tags }: Experiment): Facts {
  return {
    attributes: { experiment_id: id, name, creation_time: createdAt, last_update_time: updatedAt },
    tags,
  };
}
