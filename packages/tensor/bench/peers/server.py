"""PyTorch's side of `npm run bench -- train`: trains on command, one JSON line in, one JSON line out.

{"do": "load", "model": "text-cnn", "weights": FILE, "batches": FILE, "variant": "eager", "threads": 4, "rate": 0.001}
{"do": "losses", "steps": 30}   the loss of each of the first steps, before its update
{"do": "time", "steps": 20}     milliseconds of the whole run
"""

import json
import sys
import time

import torch
import torch.nn.functional as F

import parameters
import safetensors


class Training:
    """A network with its optimizer and its batches, going round the batches for ever."""

    def __init__(self, model, weights, batches, variant, threads, rate):
        torch.set_num_threads(threads)
        self.batches = split(safetensors.read(batches))
        self.network = parameters.load(model, safetensors.read(weights))
        if "channels-last" in variant:
            self.network = self.network.to(memory_format=torch.channels_last)
            for batch in self.batches:
                batch["image"] = batch["image"].contiguous(memory_format=torch.channels_last)
        self.forward = torch.compile(self.network) if "compiled" in variant else self.network
        trained = [p for p in self.network.parameters() if p.requires_grad]
        self.optimizer = torch.optim.Adam(trained, lr=rate, fused="fused" in variant)
        self.done = 0

    def step(self):
        batch = dict(self.batches[self.done % len(self.batches)])
        labels = batch.pop("labels")
        self.optimizer.zero_grad(set_to_none=True)
        loss = F.cross_entropy(self.forward(**batch), labels)
        loss.backward()
        self.optimizer.step()
        self.done += 1
        return loss.item()

    def time(self, steps):
        started = time.perf_counter()
        for _ in range(steps):
            self.step()
        return 1000 * (time.perf_counter() - started)


def split(stacked):
    """[batches, ...] by name to one dictionary per batch; class numbers as PyTorch wants them."""
    stacked["labels"] = stacked["labels"].long()
    count = len(stacked["labels"])
    return [{name: values[i] for name, values in stacked.items()} for i in range(count)]


def answer(training, do, steps=0, **settings):
    if do == "load":
        return Training(**settings), {"version": torch.__version__, "threads": torch.get_num_threads()}
    if do == "losses":
        return training, {"losses": [training.step() for _ in range(steps)]}
    return training, {"ms": training.time(steps)}


def serve():
    training = None
    for line in sys.stdin:
        try:
            training, reply = answer(training, **json.loads(line))
        except Exception as error:  # the other side decides what a failed variant means
            reply = {"error": f"{type(error).__name__}: {error}"[:500]}
        print(json.dumps(reply), flush=True)


serve()
