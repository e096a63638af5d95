"""Reads a safetensors file: 8 bytes of header length, a JSON header, then the tensors back to back.

Source: https://github.com/huggingface/safetensors#format
"""

import json
import struct

import torch

TYPES = {"F32": torch.float32, "I32": torch.int32, "I64": torch.int64}


def read(path):
    """Tensors by name, in the file's own layout."""
    with open(path, "rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(length))
        data = bytearray(file.read())
    header.pop("__metadata__", None)
    return {name: tensor(data, **entry) for name, entry in header.items()}


def tensor(data, dtype, shape, data_offsets):
    start, end = data_offsets
    return torch.frombuffer(data[start:end], dtype=TYPES[dtype]).reshape(shape)
