import { invalid } from "../limits.ts";
import type { ModelVersion } from "../registry-rows.ts";
import { type Fields, readPairList } from "./fields.ts";
import type { Routes } from "./route.ts";
import { type Facts, selectPage } from "./select.ts";
import { sourceFromWire, sourceToWire, versionToWire } from "./wire.ts";

const STAGES = ["None", "Staging", "Production", "Archived"];

/** `model-versions/…` */
export const versionRoutes: Routes = {
  async "POST model-versions/create"(fields, { tracking, principal }) {
    const { runId, artifactPrefix } = sourceFromWire(fields.text("source"));
    const named = fields.optionalText("run_id") || runId;
    if (named !== runId) throw invalid(`a source of run ${named}`, fields.text("source"));
    const { metrics } = await tracking.runs.get(runId);
    const tags = readPairList(fields, "tags").map(({ key, value }) => [key, value] as const);
    const version = await tracking.registry.createVersion(fields.text("name"), {
      runId,
      artifactPrefix,
      metrics,
      description: fields.optionalText("description"),
      tags: Object.fromEntries(tags),
      by: principal,
    });
    return { model_version: versionToWire(version) };
  },
  async "GET model-versions/get"(fields, { tracking }) {
    const version = await tracking.registry.version(fields.text("name"), readVersionNumber(fields));
    return { model_version: versionToWire(version) };
  },
  async "PATCH model-versions/update"(fields, { tracking }) {
    const description = fields.optionalText("description");
    const change = { description };
    return {
      model_version: versionToWire(
        await tracking.registry.updateVersion(
          fields.text("name"),
          readVersionNumber(fields),
          change,
        ),
      ),
    };
  },
  async "DELETE model-versions/delete"(fields, { tracking }) {
    await tracking.registry.removeVersion(fields.text("name"), readVersionNumber(fields));
    return {};
  },
  async "GET model-versions/search"(fields, { tracking }) {
    const all = (await tracking.registry.models()).flatMap(({ versions }) => versions);
    const newestFirst = all.toSorted((a, b) => b.updatedAt - a.updatedAt || b.version - a.version);
    const { items, nextToken } = selectPage(newestFirst, fields, facts);
    return { model_versions: items.map(versionToWire), next_page_token: nextToken };
  },
  async "POST model-versions/transition-stage"(fields, { tracking }) {
    const { registry } = tracking;
    const [name, number] = [fields.text("name"), readVersionNumber(fields)];
    const asked = fields.text("stage").toLowerCase();
    const stage = STAGES.find((known) => known.toLowerCase() === asked);
    if (stage === undefined) throw invalid(`a stage (${STAGES.join(", ")})`, asked);
    const version = await registry.updateVersion(name, number, { mlflowStage: stage });
    if (fields.boolean("archive_existing_versions")) {
      const others = (await registry.model(name)).versions.filter(
        (other) => other.mlflowStage === stage && other.version !== number,
      );
      for (const other of others)
        await registry.updateVersion(name, other.version, { mlflowStage: "Archived" });
    }
    return { model_version: versionToWire(version) };
  },
  async "GET model-versions/get-download-uri"(fields, { tracking }) {
    const version = await tracking.registry.version(fields.text("name"), readVersionNumber(fields));
    return { artifact_uri: sourceToWire(version.source) };
  },
  async "POST model-versions/set-tag"(fields, { tracking }) {
    const tag = { key: fields.text("key"), value: fields.optionalText("value") ?? "" };
    await tracking.registry.setVersionTag(fields.text("name"), readVersionNumber(fields), tag);
    return {};
  },
  async "DELETE model-versions/delete-tag"(fields, { tracking }) {
    const tag = { key: fields.text("key"), value: undefined };
    await tracking.registry.setVersionTag(fields.text("name"), readVersionNumber(fields), tag);
    return {};
  },
};

/** The number in `version`, which MLflow sends as text. @throws SoukError `TRACKING_INVALID`. */
export function readVersionNumber(fields: Fields): number {
  const version = fields.integer("version");
  if (version !== undefined && version >= 1) return version;
  throw invalid("version to be 1 or more", String(version));
}

function facts(version: ModelVersion): Facts {
  return {
    attributes: {
      name: version.model,
      version_number: version.version,
      run_id: version.runId ?? "",
      source_path: sourceToWire(version.source),
      creation_timestamp: version.createdAt,
      last_updated_timestamp: version.updatedAt,
    },
    tags: version.tags,
  };
}
