import { join } from "node:path";
import { crc32, deflateSync } from "node:zlib";
import { createRng } from "@souk/core";
import { imageStore } from "@souk/models";
import { openShop, type OpenedShop } from "./opened-shop.fixture.ts";
import { train } from "./trained-shop.fixture.ts";

const SIDE = 24;
const COLOURS = { red: [220, 40, 40], green: [40, 200, 60], blue: [40, 60, 220] } as const;
export type Colour = keyof typeof COLOURS;
const kinds: readonly Colour[] = ["red", "green", "blue"];

/** What the trained model says of goods by title and photo: their colour. */
const task = {
  name: "goods",
  dataset: "goods",
  inputs: [
    { column: "title", kind: "text" },
    { column: "photo", kind: "image" },
  ],
  target: { column: "kind", kind: "class" },
  split: { kind: "random", validation: 0.2, test: 0.2 },
  metric: "accuracy",
  baseline: "majority",
};
const shape = {
  name: "goods",
  columns: ["id", "title", "photo", "kind"].map((name) => ({ name, type: "VARCHAR" })),
  key: ["id"],
};

/** A shop whose model `goods` (family fused, a small network from zero) tells colours from photos and titles. */
export async function openPhotoShop(): Promise<OpenedShop> {
  const shop = await openShop({}, { file: { tasks: [task], datasets: [shape] } });
  const stream = { kind: "stream", stream: goods(shop.folder, 180) } as const;
  await shop.souk.datasets.ingest("goods", stream, { format: "jsonl" });
  await train(shop.souk, { task: "goods", family: "fused", settings: quick });
  return shop;
}

/** Settings that learn three colours in a second. */
export const quick = {
  fusion: "weights",
  textFamily: "linear",
  backbone: "cnn",
  size: 16,
  augment: 0,
  epochs: 12,
} as const;

async function* goods(folder: string, count: number): AsyncGenerator<Uint8Array> {
  const store = imageStore(join(folder, "images"));
  for (let i = 0; i < count; i++) {
    const kind = kinds[i % kinds.length]!;
    const photo = await store.put(colouredPhoto(kind, i));
    // Half of the titles say nothing.
    const title = i % 2 === 0 ? `a ${kind} thing` : "a nice thing";
    yield Buffer.from(`${JSON.stringify({ id: `g${i}`, title, photo, kind })}\n`);
  }
}

/** A small photo (PNG) of one colour with noise; the same arguments give the same bytes. */
export function colouredPhoto(colour: Colour, seed: number, side = SIDE): Buffer {
  const rng = createRng(`${colour} ${seed}`);
  const lines = Buffer.alloc(side * (1 + 3 * side));
  for (let y = 0; y < side; y++)
    for (let x = 0; x < side; x++)
      for (let channel = 0; channel < 3; channel++)
        lines[y * (1 + 3 * side) + 1 + 3 * x + channel] =
          COLOURS[colour][channel]! + rng.integer(30) - 15;
  return png({ width: side, height: side, lines: deflateSync(lines) });
}

/** A PNG in red, green and blue that declares a size, with whatever lines and chunks. */
export function png({
  width,
  height,
  lines,
  extra = [],
  depth = 8,
}: {
  width: number;
  height: number;
  lines: Uint8Array;
  extra?: readonly { type: string; data: Uint8Array }[];
  /** Bits a channel. */
  depth?: 8 | 16;
}): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([depth, 2], 8);
  return Buffer.concat([
    Buffer.from("89504e470d0a1a0a", "hex"),
    chunk("IHDR", header),
    ...extra.map(({ type, data }) => chunk(type, data)),
    chunk("IDAT", lines),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Uint8Array): Buffer {
  const content = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const whole = Buffer.alloc(content.length + 8);
  whole.writeUInt32BE(data.length, 0);
  whole.set(content, 4);
  whole.writeUInt32BE(crc32(content), whole.length - 4);
  return whole;
}

/** A form with fields and a file, as `app.inject` takes it. */
export async function formOf(
  fields: Readonly<Record<string, string>>,
  photo?: Uint8Array,
  { field = "image", fileName = "photo.png" } = {},
): Promise<{ payload: Buffer; headers: { "content-type": string } }> {
  const data = new FormData();
  for (const [name, value] of Object.entries(fields)) data.set(name, value);
  if (photo) data.set(field, new Blob([Uint8Array.from(photo)]), fileName);
  const request = new Request("http://souk.test", { method: "POST", body: data });
  const type = request.headers.get("content-type") ?? "";
  return { payload: Buffer.from(await request.arrayBuffer()), headers: { "content-type": type } };
}
