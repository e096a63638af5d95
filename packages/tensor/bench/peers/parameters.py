"""Which of our weights is which of PyTorch's, and how its layout differs."""

import torch

import networks

NETWORKS = {
    "text-cnn": lambda: given_words(networks.TextCnn()),
    "text-cnn-words": networks.TextCnn,
    "bilstm": lambda: given_words(networks.BiLstm()),
    "bilstm-words": networks.BiLstm,
    "bert-mini": networks.BertMini,
    "image-cnn": networks.ImageCnn,
    "resnet50": lambda: networks.Frozen(networks.resnet50(), 2048),
    "mobilenet-v2": lambda: networks.Frozen(networks.mobilenet_v2(), 1280),
}


def load(model, weights):
    """The network with our weights in it; a weight too many or too few is an error."""
    network = NETWORKS[model]()
    missing, unknown = network.load_state_dict(RENAME[model](weights), strict=False)
    missing = [name for name in missing if not name.endswith("num_batches_tracked")]
    if missing or unknown or weights:
        raise ValueError(f"missing {missing}, unknown {unknown}, left {sorted(weights)}")
    return network


def given_words(network):
    """Word vectors that were learnt elsewhere and stay as they are."""
    network.embedding.weight.requires_grad_(False)
    return network


def same(theirs, ours, weights):
    return {theirs: weights.pop(ours)}


def dense(theirs, ours, weights):
    """Ours is [in, out], PyTorch's [out, in]."""
    return {
        f"{theirs}.weight": weights.pop(f"{ours}.weight").T.contiguous(),
        f"{theirs}.bias": weights.pop(f"{ours}.bias"),
    }


def plain(theirs, ours, weights):
    """Convolutions and norms: the same layout."""
    return {f"{theirs}.{part}": weights.pop(f"{ours}.{part}") for part in ("weight", "bias")}


def sequence_convolution(theirs, ours, weights):
    """Ours is [in, kernel * out], the steps of the kernel one after the other; PyTorch's [out, in, kernel]."""
    weight = weights.pop(f"{ours}.weight")
    return {
        f"{theirs}.weight": weight.reshape(weight.shape[0], 3, -1).permute(2, 0, 1).contiguous(),
        f"{theirs}.bias": weights.pop(f"{ours}.bias"),
    }


def flattened(theirs, ours, weights, channels):
    """A dense layer on a flattened sequence: ours is [length * channels, out], PyTorch's [out, channels * length]."""
    weight = weights.pop(f"{ours}.weight")
    turned = weight.reshape(-1, channels, weight.shape[1]).permute(2, 1, 0)
    return {
        f"{theirs}.weight": turned.reshape(weight.shape[1], -1).contiguous(),
        f"{theirs}.bias": weights.pop(f"{ours}.bias"),
    }


def lstm(theirs, ours, weights):
    """ONNX's gates are input, output, forget, cell; PyTorch's input, forget, cell, output."""
    w, r, b = (weights.pop(f"{ours}.{part}") for part in ("weight", "recurrence", "bias"))
    state = {}
    for direction, suffix in enumerate(["", "_reverse"]):
        input_bias, state_bias = b[direction].chunk(2)
        parts = {"weight_ih": w[direction], "weight_hh": r[direction], "bias_ih": input_bias, "bias_hh": state_bias}
        for name, values in parts.items():
            i, o, f, c = values.chunk(4)
            state[f"{theirs}.{name}_l0{suffix}"] = torch.cat([i, f, c, o])
    return state


def text_cnn(weights):
    return {
        **same("embedding.weight", "embedding.weight", weights),
        **sequence_convolution("convolution1", "conv.0", weights),
        **sequence_convolution("convolution2", "conv.1", weights),
        **flattened("hidden", "hidden", weights, channels=24),
        **dense("head", "classifier", weights),
    }


def bilstm(weights):
    return {
        **same("embedding.weight", "embedding.weight", weights),
        **lstm("lstm", "lstm.0", weights),
        **dense("head", "classifier", weights),
    }


def bert_mini(weights):
    """Ours has the names of HuggingFace's files."""
    state = {
        **same("words.weight", "embeddings.word_embeddings.weight", weights),
        **same("positions.weight", "embeddings.position_embeddings.weight", weights),
        **same("types.weight", "embeddings.token_type_embeddings.weight", weights),
        **plain("norm", "embeddings.LayerNorm", weights),
        **dense("pooler", "pooler.dense", weights),
        **dense("head", "classifier", weights),
    }
    for i in range(4):
        ours, theirs = f"encoder.layer.{i}", f"layers.{i}"
        for part in ("query", "key", "value"):
            state |= dense(f"{theirs}.{part}", f"{ours}.attention.self.{part}", weights)
        state |= dense(f"{theirs}.output", f"{ours}.attention.output.dense", weights)
        state |= plain(f"{theirs}.norm1", f"{ours}.attention.output.LayerNorm", weights)
        state |= dense(f"{theirs}.inner", f"{ours}.intermediate.dense", weights)
        state |= dense(f"{theirs}.outer", f"{ours}.output.dense", weights)
        state |= plain(f"{theirs}.norm2", f"{ours}.output.LayerNorm", weights)
    return state


def image_cnn(weights):
    state = {}
    for i in range(3):
        state |= plain(f"convolutions.{i}", f"conv.{i}", weights)
    return {**state, **dense("hidden", "hidden", weights), **dense("head", "classifier", weights)}


def frozen(head):
    """A backbone with torchvision's names on both sides, and our name of its last layer."""

    def rename(weights):
        state = dense("head", head, weights)
        state |= {f"backbone.{name}": weights.pop(name) for name in list(weights)}
        return state

    return rename


RENAME = {
    "text-cnn": text_cnn,
    "text-cnn-words": text_cnn,
    "bilstm": bilstm,
    "bilstm-words": bilstm,
    "bert-mini": bert_mini,
    "image-cnn": image_cnn,
    "resnet50": frozen("fc"),
    "mobilenet-v2": frozen("classifier.1"),
}
