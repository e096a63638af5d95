"""The benchmark's networks as one would write them in PyTorch."""

import torch
import torch.nn.functional as F
from torch import nn


class TextCnn(nn.Module):
    """Embedding, two convolutions with mean pooling, two dense layers."""

    def __init__(self, vocabulary=28_000, classes=13, length=128):
        super().__init__()
        self.embedding = nn.Embedding(vocabulary, 300)
        self.convolution1 = nn.Conv1d(300, 48, 3)
        self.convolution2 = nn.Conv1d(48, 24, 3)
        pooled = ((length - 2) // 2 - 2) // 2
        self.hidden = nn.Linear(24 * pooled, 256)
        self.head = nn.Linear(256, classes)

    def forward(self, ids):
        x = self.embedding(ids).transpose(1, 2)
        x = F.avg_pool1d(F.relu(self.convolution1(x)), 2)
        x = F.avg_pool1d(F.relu(self.convolution2(x)), 2)
        return self.head(F.relu(self.hidden(x.flatten(1))))


class BiLstm(nn.Module):
    """Embedding, one bidirectional LSTM, the last state of both directions, a dense layer."""

    def __init__(self, vocabulary=28_000, classes=13):
        super().__init__()
        self.embedding = nn.Embedding(vocabulary, 128)
        self.lstm = nn.LSTM(128, 128, bidirectional=True, batch_first=True)
        self.head = nn.Linear(256, classes)

    def forward(self, ids):
        _, (state, _) = self.lstm(self.embedding(ids))
        return self.head(torch.cat([state[0], state[1]], dim=1))


class EncoderLayer(nn.Module):
    """Self-attention and feed-forward, each with a residual and a layer norm after it."""

    def __init__(self, size, heads, inner):
        super().__init__()
        self.heads = heads
        self.query, self.key, self.value = (nn.Linear(size, size) for _ in range(3))
        self.output = nn.Linear(size, size)
        self.norm1 = nn.LayerNorm(size, eps=1e-12)
        self.inner = nn.Linear(size, inner)
        self.outer = nn.Linear(inner, size)
        self.norm2 = nn.LayerNorm(size, eps=1e-12)

    def forward(self, x, mask):
        batch, length, size = x.shape
        q, k, v = (
            project(x).view(batch, length, self.heads, -1).transpose(1, 2)
            for project in (self.query, self.key, self.value)
        )
        attended = F.scaled_dot_product_attention(q, k, v, attn_mask=mask)
        x = self.norm1(x + self.output(attended.transpose(1, 2).reshape(batch, length, size)))
        return self.norm2(x + self.outer(F.gelu(self.inner(x))))


class BertMini(nn.Module):
    """BERT, 4 layers of 256, with its pooler and a classifier on top."""

    def __init__(self, vocabulary=30_522, size=256, layers=4, heads=4, inner=1024, classes=5):
        super().__init__()
        self.words = nn.Embedding(vocabulary, size)
        self.positions = nn.Embedding(512, size)
        self.types = nn.Embedding(2, size)
        self.norm = nn.LayerNorm(size, eps=1e-12)
        self.layers = nn.ModuleList(EncoderLayer(size, heads, inner) for _ in range(layers))
        self.pooler = nn.Linear(size, size)
        self.head = nn.Linear(size, classes)

    def forward(self, input_ids, attention_mask, token_type_ids):
        positions = self.positions.weight[: input_ids.shape[1]]
        x = self.norm(self.words(input_ids) + positions + self.types(token_type_ids))
        attended = (attention_mask != 0)[:, None, None, :]
        for layer in self.layers:
            x = layer(x, attended)
        return self.head(torch.tanh(self.pooler(x[:, 0])))


class ImageCnn(nn.Module):
    """Three convolutions with max pooling, global mean, two dense layers."""

    def __init__(self, channels=(32, 64, 128), hidden=128, classes=13):
        super().__init__()
        sizes = (3, *channels)
        self.convolutions = nn.ModuleList(
            nn.Conv2d(i, o, 3, padding=1) for i, o in zip(sizes, sizes[1:])
        )
        self.hidden = nn.Linear(channels[-1], hidden)
        self.head = nn.Linear(hidden, classes)

    def forward(self, image):
        for convolution in self.convolutions:
            image = F.max_pool2d(F.relu(convolution(image)), 2)
        return self.head(F.relu(self.hidden(image.mean((2, 3)))))


class Frozen(nn.Module):
    """A backbone in evaluation mode without gradients, and a trainable dense head on its features."""

    def __init__(self, backbone, features, classes=13):
        super().__init__()
        self.backbone = backbone.eval().requires_grad_(False)
        self.head = nn.Linear(features, classes)

    def forward(self, image):
        with torch.no_grad():
            features = self.backbone(image).mean((2, 3))
        return self.head(features)


def convolution(i, o, kernel, stride=1, groups=1):
    return nn.Conv2d(i, o, kernel, stride, kernel // 2, groups=groups, bias=False)


class Bottleneck(nn.Module):
    """ResNet's block: 1x1, 3x3 (with the stride), 1x1, and a shortcut."""

    def __init__(self, i, width, stride):
        super().__init__()
        o = 4 * width
        self.conv1, self.bn1 = convolution(i, width, 1), nn.BatchNorm2d(width)
        self.conv2, self.bn2 = convolution(width, width, 3, stride), nn.BatchNorm2d(width)
        self.conv3, self.bn3 = convolution(width, o, 1), nn.BatchNorm2d(o)
        self.downsample = (
            nn.Sequential(convolution(i, o, 1, stride), nn.BatchNorm2d(o))
            if stride > 1 or i != o
            else nn.Identity()
        )

    def forward(self, x):
        y = F.relu(self.bn1(self.conv1(x)), inplace=True)
        y = F.relu(self.bn2(self.conv2(y)), inplace=True)
        return F.relu(self.bn3(self.conv3(y)) + self.downsample(x), inplace=True)


def resnet50():
    """He et al., "Deep Residual Learning for Image Recognition", 2015; parameter names as torchvision's."""
    net = nn.Sequential()
    net.add_module("conv1", nn.Conv2d(3, 64, 7, 2, 3, bias=False))
    net.add_module("bn1", nn.BatchNorm2d(64))
    net.add_module("relu", nn.ReLU(inplace=True))
    net.add_module("maxpool", nn.MaxPool2d(3, 2, 1))
    i = 64
    for number, (width, blocks, stride) in enumerate([(64, 3, 1), (128, 4, 2), (256, 6, 2), (512, 3, 2)]):
        layer = nn.Sequential()
        for block in range(blocks):
            layer.append(Bottleneck(i, width, stride if block == 0 else 1))
            i = 4 * width
        net.add_module(f"layer{number + 1}", layer)
    return net


class InvertedResidual(nn.Module):
    """MobileNetV2's block: expand 1x1, depthwise 3x3, project 1x1, shortcut when shapes agree."""

    def __init__(self, i, o, stride, expand):
        super().__init__()
        inner = i * expand
        steps = [] if expand == 1 else [conv_bn_relu6(i, inner, 1)]
        steps += [conv_bn_relu6(inner, inner, 3, stride, inner), convolution(inner, o, 1), nn.BatchNorm2d(o)]
        self.conv = nn.Sequential(*steps)
        self.shortcut = stride == 1 and i == o

    def forward(self, x):
        return x + self.conv(x) if self.shortcut else self.conv(x)


def conv_bn_relu6(i, o, kernel, stride=1, groups=1):
    return nn.Sequential(
        convolution(i, o, kernel, stride, groups), nn.BatchNorm2d(o), nn.ReLU6(inplace=True)
    )


def mobilenet_v2():
    """Sandler et al., "MobileNetV2", 2018; parameter names as torchvision's."""
    net = nn.Sequential(nn.Sequential(conv_bn_relu6(3, 32, 3, 2)))
    features, i = net[0], 32
    table = [(1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1)]
    for expand, o, blocks, stride in table:
        for block in range(blocks):
            features.append(InvertedResidual(i, o, stride if block == 0 else 1, expand))
            i = o
    features.append(conv_bn_relu6(i, 1280, 1))
    named = nn.Sequential()
    named.add_module("features", features)
    return named
