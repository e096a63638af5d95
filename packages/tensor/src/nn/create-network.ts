/** Every architecture by name, from settings that are plain JSON: what a model's card keeps. */
import { SoukError } from "@souk/core";
import type { Network } from "../layers/scope.ts";
import { biLstm, type BiLstmSettings } from "./bi-lstm.ts";
import { fusedHead, type FusedHeadOptions } from "./fused-head.ts";
import { imageCnn, type ImageCnnSettings } from "./image-cnn.ts";
import type { ImageNetSettings } from "./image-net.ts";
import { mobileNetV2 } from "./mobile-net-v2.ts";
import { resNet50 } from "./res-net-50.ts";
import { textCnn, type TextCnnSettings } from "./text-cnn.ts";
import { transformerEncoder, type TransformerSettings } from "./transformer-encoder.ts";
import { twoTower, type TwoTowerOptions } from "./two-tower.ts";
import { vgg16 } from "./vgg-16.ts";

/** A part of a fused head in settings. */
export type FusedPartSettings =
  | { readonly name: string; readonly width: number }
  | { readonly name: string; readonly network: NetworkSettings; readonly output?: string };

/** An architecture and its configuration. */
export type NetworkSettings =
  | ({ readonly kind: "text-cnn" } & TextCnnSettings)
  | ({ readonly kind: "bi-lstm" } & BiLstmSettings)
  | ({ readonly kind: "transformer-encoder" } & TransformerSettings)
  | ({ readonly kind: "image-cnn" } & ImageCnnSettings)
  | ({ readonly kind: "mobilenet-v2" | "resnet50" | "vgg16" } & ImageNetSettings)
  | ({
      readonly kind: "two-tower";
      readonly left: NetworkSettings;
      readonly right: NetworkSettings;
    } & Omit<TwoTowerOptions, "left" | "right">)
  | ({
      readonly kind: "fused-head";
      readonly parts: readonly FusedPartSettings[];
    } & Omit<FusedHeadOptions, "parts">);

/**
 * The network that `settings` describe.
 *
 * @throws SoukError `NETWORK_SETTINGS` when the kind is unknown.
 */
export function createNetwork(settings: NetworkSettings): Network {
  switch (settings.kind) {
    case "text-cnn":
      return textCnn(settings);
    case "bi-lstm":
      return biLstm(settings);
    case "transformer-encoder":
      return transformerEncoder(settings);
    case "image-cnn":
      return imageCnn(settings);
    case "mobilenet-v2":
      return mobileNetV2(settings);
    case "resnet50":
      return resNet50(settings);
    case "vgg16":
      return vgg16(settings);
    case "two-tower":
      return twoTower({
        ...settings,
        left: createNetwork(settings.left),
        right: createNetwork(settings.right),
      });
    case "fused-head":
      return fusedHead({
        ...settings,
        parts: settings.parts.map((part) =>
          "network" in part ? { ...part, network: createNetwork(part.network) } : part,
        ),
      });
    default:
      throw new SoukError(
        "NETWORK_SETTINGS",
        `kind must name a network, got ${JSON.stringify((settings as { kind?: unknown }).kind)}`,
      );
  }
}
