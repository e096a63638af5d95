"""Fits scikit-learn's histogram boosting to the rows of a folder; prints one JSON line. One thread: OMP_NUM_THREADS=1."""

import json
import sys
import time

import numpy
import sklearn
from sklearn.ensemble import HistGradientBoostingRegressor

folder, features, rounds, leaves, least = sys.argv[1], *map(int, sys.argv[2:6])
part = lambda name: numpy.fromfile(f"{folder}/{name}.f64", dtype="<f8")
train, test = (part(f"{name}-x").reshape(-1, features) for name in ("train", "test"))
started, used = time.perf_counter(), time.process_time()
model = HistGradientBoostingRegressor(
    max_iter=rounds,
    learning_rate=0.1,
    max_leaf_nodes=leaves,
    min_samples_leaf=least,
    l2_regularization=1,
    early_stopping=False,
).fit(train, part("train-y"))
seconds, processor = time.perf_counter() - started, time.process_time() - used
error = float(numpy.sqrt(numpy.mean((model.predict(test) - part("test-y")) ** 2)))
print(json.dumps({"version": sklearn.__version__, "seconds": seconds, "processor": processor, "rmse": error}))
