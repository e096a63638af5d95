import { createRng, sha256 } from "@souk/core";
import { imageEngine } from "../images/engine.ts";
import type { ImageSource } from "./family.ts";

const SIDE = 24;
/** Drawings of each label. */
const DRAWINGS = 6;
/** Colours that lean apart: red, green, blue. */
const COLOURS = [
  [200, 70, 60],
  [70, 190, 80],
  [60, 80, 210],
] as const;

/** Small drawn photos: `hashes[label]` of each of three labels, a disc of its colour on noise. */
export async function drawPhotos(): Promise<{ hashes: readonly string[][]; images: ImageSource }> {
  const sharp = await imageEngine();
  const files = new Map<string, Uint8Array>();
  const hashes: string[][] = [];
  for (const [label, colour] of COLOURS.entries()) {
    const drawn: string[] = [];
    for (let drawing = 0; drawing < DRAWINGS; drawing++) {
      const raw = { width: SIDE, height: SIDE, channels: 3 } as const;
      const bytes = await sharp(draw(colour, `${label} ${drawing}`), { raw })
        .png()
        .toBuffer();
      const hash = sha256(bytes);
      files.set(hash, bytes);
      drawn.push(hash);
    }
    hashes.push(drawn);
  }
  return { hashes, images: { read: (hash) => Promise.resolve(files.get(hash)) } };
}

function draw(colour: readonly number[], seed: string): Uint8Array {
  const rng = createRng(`drawn photo ${seed}`);
  const [x, y, radius] = [8 + rng.integer(8), 8 + rng.integer(8), 4 + rng.integer(4)];
  return Uint8Array.from({ length: SIDE * SIDE * 3 }, (_, at) => {
    const place = Math.floor(at / 3);
    const away = Math.hypot((place % SIDE) - x, Math.floor(place / SIDE) - y);
    return away < radius ? colour[at % 3] : rng.integer(256);
  });
}
