import { createRequire } from "node:module";
import type * as Resvg from "@resvg/resvg-js";
import { createRng, type Rng } from "@souk/core";
import { photoScene } from "./photo-scene.ts";
import { demoCategories } from "./vocabulary.ts";
import { buildWorld, type DemoShopOptions } from "./world.ts";

/** Pixels of a side. */
const SIDE = 160;
/** Products with a photo at most: the popular ones come first, and drawing 4,000 takes half a minute. */
const MAX_PHOTOS = 4000;
const WITHOUT_PHOTO = 0.03;
/** Standard deviation of the grain of a photo, of 255. */
const GRAIN = 4;

/** A drawn photo of one invented product, in sRGB. */
export interface DemoPhoto {
  readonly productId: string;
  /** Name of the product's category. */
  readonly category: string;
  readonly width: number;
  readonly height: number;
  /** Row-major, [height, width, 3], 0 to 255. */
  readonly data: Uint8Array;
}

/**
 * Photos of the products of a demo shop, drawn while they are read: the same options give the same pixels on every
 * platform. One in thirty products has none, nor have those after the first 4,000.
 * @throws SoukError `DEMO_OPTION` when a count is out of range.
 */
export function* demoPhotos(options: DemoShopOptions): Generator<DemoPhoto> {
  const { products } = buildWorld(options);
  const rng = createRng(`souk demo photos ${options.seed ?? 1}`);
  const grain = grainTile(rng.fork("grain"));
  for (const product of products.slice(0, MAX_PHOTOS)) {
    const own = rng.fork(product.id);
    if (own.next() < WITHOUT_PHOTO) continue;
    const data = withGrain(draw(photoScene(product, own)), { grain, rng: own });
    const category = demoCategories[product.category]!.name;
    yield { productId: product.id, category, width: SIDE, height: SIDE, data };
  }
}

/** An SVG of ours as RGBA bytes. */
function draw(svg: string): Uint8Array {
  const { Resvg: Renderer }: typeof Resvg = createRequire(import.meta.url)("@resvg/resvg-js");
  return new Renderer(svg, {
    font: { loadSystemFonts: false },
    fitTo: { mode: "width", value: SIDE },
  }).render().pixels;
}

/** Normal noise to be laid over photos at different places: drawing it anew for each would take longer than the photo. */
function grainTile(rng: Rng): Int8Array {
  return Int8Array.from({ length: 4 * SIDE * SIDE }, () => Math.round(rng.normal(0, GRAIN)));
}

function withGrain(rgba: Uint8Array, { grain, rng }: { grain: Int8Array; rng: Rng }): Uint8Array {
  const start = rng.integer(3 * SIDE * SIDE);
  const data = new Uint8Array(3 * SIDE * SIDE);
  for (let pixel = 0; pixel < SIDE * SIDE; pixel++)
    for (let channel = 0; channel < 3; channel++) {
      const value = rgba[4 * pixel + channel]! + grain[start + pixel]!;
      data[3 * pixel + channel] = Math.max(0, Math.min(255, value));
    }
  return data;
}
