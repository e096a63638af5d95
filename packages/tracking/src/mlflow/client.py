"""What a shop's Python code does with MLflow's own client; each line printed is compared by client.test.ts."""
import math
import os
import sys
import tempfile

import mlflow
from mlflow.entities import Metric, Param, RunTag
from mlflow.exceptions import MlflowException
from mlflow.tracking import MlflowClient

url = sys.argv[1]
mlflow.set_tracking_uri(url)
client = MlflowClient()

experiment_id = client.create_experiment("stars", tags={"team": "shop"})
mlflow.set_experiment("stars")
print("experiment", client.get_experiment_by_name("stars").experiment_id == experiment_id)

with mlflow.start_run(run_name="first") as run:
    mlflow.log_param("lr", 0.1)
    mlflow.log_params({"epochs": 3, "family": "ngram"})
    for step, loss in enumerate([0.9, 0.5, 0.25]):
        mlflow.log_metric("loss", loss, step=step)
    mlflow.log_metrics({"accuracy": 0.75, "f1": math.nan})
    mlflow.set_tag("stage", "test")
    client.log_batch(
        run.info.run_id,
        metrics=[Metric("batch", 1.5, 1000, 7)],
        params=[Param("batched", "yes")],
        tags=[RunTag("batched", "yes")],
    )
    mlflow.log_text("hello", "notes/hello.txt")
    with tempfile.TemporaryDirectory() as folder:
        os.makedirs(os.path.join(folder, "deep"))
        with open(os.path.join(folder, "deep", "weights.bin"), "wb") as file:
            file.write(bytes(range(256)) * 4096)
        mlflow.log_artifacts(folder, "model")
    run_id = run.info.run_id

with mlflow.start_run(run_name="second"):
    mlflow.log_param("lr", 0.2)
    mlflow.log_metric("accuracy", 0.6)

found = client.get_run(run_id)
print("run", found.info.status, found.info.run_name, found.data.params["lr"], found.data.metrics["loss"])
print("nan", math.isnan(found.data.metrics["f1"]), found.data.metrics["batch"], found.data.tags["batched"])
print("history", [(m.step, m.value) for m in client.get_metric_history(run_id, "loss")])


def names(**search):
    return [r.info.run_name for r in client.search_runs([experiment_id], **search)]


print("filter", names(filter_string="metrics.accuracy > 0.7 and params.lr = '0.1' and tags.stage = 'test'"))
print("order", names(order_by=["metrics.accuracy ASC"]))
page = client.search_runs([experiment_id], max_results=1)
print("page", len(page), len(client.search_runs([experiment_id], max_results=1, page_token=page.token)))
print("status", names(filter_string="attributes.status = 'FINISHED' and run_name LIKE 'sec%'"))

print("artifacts", [(f.path, f.is_dir, f.file_size) for f in client.list_artifacts(run_id)])
print("deep", [(f.path, f.file_size) for f in client.list_artifacts(run_id, "model/deep")])
local = mlflow.artifacts.download_artifacts(run_id=run_id, artifact_path="model/deep/weights.bin")
print("bytes", open(local, "rb").read() == bytes(range(256)) * 4096)
print("text", mlflow.artifacts.load_text(f"runs:/{run_id}/notes/hello.txt"))

client.create_registered_model("star-rating", tags={"task": "stars"}, description="reads reviews")
version = client.create_model_version("star-rating", f"runs:/{run_id}/model", run_id)
print("version", version.version, version.status, version.run_id == run_id)
client.set_registered_model_alias("star-rating", "challenger", version.version)
print("alias", client.get_model_version_by_alias("star-rating", "challenger").version)
client.set_model_version_tag("star-rating", "1", "checked", "yes")
print("models", [(m.name, m.aliases, m.tags["task"]) for m in client.search_registered_models("name LIKE 'star%'")])
print("versions", [(v.version, v.tags["checked"]) for v in client.search_model_versions("name = 'star-rating'")])
print("stage", client.transition_model_version_stage("star-rating", "1", "Staging").current_stage)
print("latest", [v.version for v in client.get_latest_versions("star-rating", ["Staging"])])
fetched = mlflow.artifacts.download_artifacts("models:/star-rating@challenger/deep/weights.bin")
print("by alias", os.path.getsize(fetched))


def refused(work):
    try:
        work()
        return "accepted"
    except MlflowException as error:
        return f"{error.error_code}"


print("unguarded champion", refused(lambda: client.set_registered_model_alias("star-rating", "champion", "1")))
print("changed param", refused(lambda: client.log_param(run_id, "lr", "9")))
print("no run", refused(lambda: client.get_run("absent")))
print("twice", refused(lambda: client.create_registered_model("star-rating")))
print("bad filter", refused(lambda: client.search_runs([experiment_id], "metrics.a >")))
client.delete_registered_model_alias("star-rating", "challenger")
client.delete_run(run_id)
print("deleted", names())
client.restore_run(run_id)
client.rename_registered_model("star-rating", "stars")
print("renamed", client.get_registered_model("stars").latest_versions[0].version)
client.delete_model_version("stars", "1")
client.delete_registered_model("stars")
print("gone", [m.name for m in client.search_registered_models()])
client.delete_experiment(experiment_id)
print("experiments", [e.name for e in client.search_experiments()])
