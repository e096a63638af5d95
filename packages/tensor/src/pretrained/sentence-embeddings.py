"""all-MiniLM-L6-v2 in plain PyTorch, as an independent implementation for sentence-embedder.test.ts.

Standard input: {"folder": path, "sentences": [text]}. Standard output: one list of 384 numbers per sentence.
Written from Devlin et al., "BERT", and Reimers and Gurevych, "Sentence-BERT"; tokens by HuggingFace tokenizers.
"""
import json
import math
import struct
import sys

import numpy
import torch
import torch.nn.functional as F
from tokenizers import BertWordPieceTokenizer

request = json.load(sys.stdin)
folder = request["folder"]
config = json.load(open(f"{folder}/config.json"))
data = open(f"{folder}/model.safetensors", "rb").read()
(length,) = struct.unpack("<Q", data[:8])
weights = {}
for name, entry in json.loads(data[8 : 8 + length]).items():
    if name == "__metadata__" or entry["dtype"] != "F32":
        continue
    start, end = (8 + length + offset for offset in entry["data_offsets"])
    array = numpy.frombuffer(data[start:end], dtype=numpy.float32).reshape(entry["shape"])
    weights[name] = torch.from_numpy(array.copy())

tokenizer = BertWordPieceTokenizer(f"{folder}/vocab.txt", lowercase=True)
tokenizer.enable_truncation(256)
width, heads = config["hidden_size"], config["num_attention_heads"]


def norm(x, name):
    scale, bias = weights[f"{name}.weight"], weights[f"{name}.bias"]
    return F.layer_norm(x, (width,), scale, bias, config["layer_norm_eps"])


def linear(x, name):
    return F.linear(x, weights[f"{name}.weight"], weights[f"{name}.bias"])


def embed(text):
    ids = torch.tensor(tokenizer.encode(text).ids)
    steps = len(ids)
    x = weights["embeddings.word_embeddings.weight"][ids]
    x = x + weights["embeddings.position_embeddings.weight"][:steps]
    x = norm(x + weights["embeddings.token_type_embeddings.weight"][0], "embeddings.LayerNorm")
    for layer in range(config["num_hidden_layers"]):
        place = f"encoder.layer.{layer}"
        query, key, value = (
            linear(x, f"{place}.attention.self.{name}").view(steps, heads, -1).transpose(0, 1)
            for name in ("query", "key", "value")
        )
        share = (query @ key.transpose(1, 2) / math.sqrt(width // heads)).softmax(-1)
        mixed = (share @ value).transpose(0, 1).reshape(steps, width)
        x = norm(x + linear(mixed, f"{place}.attention.output.dense"), f"{place}.attention.output.LayerNorm")
        inner = F.gelu(linear(x, f"{place}.intermediate.dense"))
        x = norm(x + linear(inner, f"{place}.output.dense"), f"{place}.output.LayerNorm")
    return F.normalize(x.mean(0), dim=0)


torch.set_num_threads(1)
with torch.no_grad():
    json.dump([embed(text).tolist() for text in request["sentences"]], sys.stdout)
