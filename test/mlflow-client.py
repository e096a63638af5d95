"""Logs a run and registers a version with MLflow's own client; the tracking URI and token come from the environment."""

import os
import tempfile

import mlflow
from mlflow import MlflowClient

mlflow.set_experiment("from-python")
with mlflow.start_run(run_name="first") as run:
    mlflow.log_param("lr", 0.1)
    for step, loss in enumerate([0.9, 0.5, 0.25]):
        mlflow.log_metric("loss", loss, step=step)
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "weights.bin")
        with open(path, "wb") as file:
            file.write(bytes(range(256)) * 64)
        mlflow.log_artifact(path, "model")

client = MlflowClient()
client.create_registered_model("python-model")
version = client.create_model_version("python-model", f"runs:/{run.info.run_id}/model", run.info.run_id)
client.set_registered_model_alias("python-model", "challenger", version.version)

found = client.search_runs([run.info.experiment_id], "metrics.loss < 0.3 and params.lr = '0.1'")
print("runs", [row.info.run_name for row in found], found[0].data.metrics["loss"])
print("alias", client.get_model_version_by_alias("python-model", "challenger").version)
local = client.download_artifacts(run.info.run_id, "model/weights.bin")
print("bytes", os.path.getsize(local))
