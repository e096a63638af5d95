/** ResNet50, frozen, and a dense layer that learns on its features; 8 images of 224 x 224. */
import { resNet50 } from "../../src/nn/res-net-50.ts";
import { frozenContest } from "../compare/frozen.ts";

/** The contest. */
export const resNet50Contest = () =>
  frozenContest({
    model: "resnet50",
    network: (classes) => resNet50({ classes }),
    head: "fc.",
  });
