/** MobileNetV2, frozen, and a dense layer that learns on its features; 8 images of 224 x 224. */
import { mobileNetV2 } from "../../src/nn/mobile-net-v2.ts";
import { frozenContest } from "../compare/frozen.ts";

/** The contest. */
export const mobileNetV2Contest = () =>
  frozenContest({
    model: "mobilenet-v2",
    network: (classes) => mobileNetV2({ classes }),
    head: "classifier.1.",
  });
