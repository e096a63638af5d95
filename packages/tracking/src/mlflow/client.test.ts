import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { withTracking } from "../opened.fixture.ts";
import { withServer } from "./served.fixture.ts";

const here = import.meta.dirname;
const peer = join(here, "../../../../.souk-peers/mlflow/bin/python");
const python = process.env["SOUK_MLFLOW_PYTHON"] ?? (existsSync(peer) ? peer : undefined);
const skip =
  python === undefined &&
  "no MLflow: run scripts/peers/mlflow.sh, or name a Python that has it in SOUK_MLFLOW_PYTHON";

const EXPECTED = `experiment True
run FINISHED first 0.1 0.25
nan True 1.5 yes
history [(0, 0.9), (1, 0.5), (2, 0.25)]
filter ['first']
order ['second', 'first']
page 1 1
status ['second']
artifacts [('model', True, None), ('notes', True, None)]
deep [('model/deep/weights.bin', 1048576)]
bytes True
text hello
version 1 READY True
alias 1
models [('star-rating', {'challenger': '1'}, 'stars')]
versions [('1', 'yes')]
stage Staging
latest ['1']
by alias 1048576
unguarded champion PERMISSION_DENIED
changed param INVALID_PARAMETER_VALUE
no run RESOURCE_DOES_NOT_EXIST
twice RESOURCE_ALREADY_EXISTS
bad filter INVALID_PARAMETER_VALUE
deleted ['second']
renamed 1
gone []
experiments ['Default']
`;

test("MLflow's Python client logs, searches, registers and reads back", { skip }, () =>
  withTracking(async ({ tracking }) => {
    await withServer(tracking, async (url) => {
      const environment = {
        ...process.env,
        MLFLOW_DISABLE_TELEMETRY: "true",
        MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT: "true",
        GIT_PYTHON_REFRESH: "quiet",
      };
      const { stdout } = await promisify(execFile)(
        python ?? "",
        ["-W", "ignore", join(here, "client.py"), url],
        {
          env: environment,
          timeout: 120_000,
        },
      );
      assert.equal(stdout, EXPECTED);
    });
  }),
);
