import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { openSouk, startServer } from "@souk/server";

const peer = join(import.meta.dirname, "../.souk-peers/mlflow/bin/python");
const python = process.env["SOUK_MLFLOW_PYTHON"] ?? (existsSync(peer) ? peer : "");
const skip =
  python === "" &&
  "no MLflow: run scripts/peers/mlflow.sh, or name a Python that has it in SOUK_MLFLOW_PYTHON";

test(
  "MLflow's Python client logs a run and registers a version against a running Souk",
  { skip },
  async (t) => {
    const dataDirectory = await mkdtemp(join(tmpdir(), "souk-mlflow-"));
    const souk = await openSouk({ dataDirectory });
    const server = await startServer({ souk, host: "127.0.0.1", port: 0, logger: false });
    t.after(async () => {
      await server.close();
      await souk.close();
      await rm(dataDirectory, { recursive: true, force: true });
    });
    const by = { name: "test", address: "127.0.0.1" };
    const user = await souk.accounts.users.create(
      { username: "ada", password: "correct horse battery", role: "operator" },
      by,
    );
    const { secret } = await souk.accounts.keys.create(
      {
        userId: user.id,
        name: "python",
        scopes: ["runs:read", "runs:write", "models:read", "models:write"],
      },
      by,
    );
    const environment = {
      ...process.env,
      MLFLOW_TRACKING_URI: server.url,
      MLFLOW_TRACKING_TOKEN: secret,
      MLFLOW_DISABLE_TELEMETRY: "true",
      MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT: "true",
      GIT_PYTHON_REFRESH: "quiet",
    };
    const script = join(import.meta.dirname, "mlflow-client.py");
    const { stdout } = await promisify(execFile)(python, ["-W", "ignore", script], {
      env: environment,
    });
    assert.deepEqual(stdout.trim().split("\n").slice(-3), [
      "runs ['first'] 0.25",
      "alias 1",
      "bytes 16384",
    ]);
    const [model] = await souk.models.list();
    assert.equal(model?.name, "python-model");
    assert.deepEqual(model.aliases, { challenger: 1 });
  },
);
