import { deflateSync } from "node:zlib";
import { createRng, type Rng } from "@souk/core";
import { colouredPhoto, png } from "./photo-shop.fixture.ts";

/** A photo somebody sends to do harm, or one that is merely odd. */
export interface HostilePhoto {
  readonly name: string;
  readonly fileName: string;
  readonly bytes: Uint8Array;
  /** What may come of it; "either" where a bomb does no harm, or damage may by chance leave a photo. */
  readonly outcome: "refused" | "either" | "answered";
}

type Maker = (rng: Rng) => Omit<HostilePhoto, "fileName"> & { readonly fileName?: string };

const SVG =
  '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><image href="file:///etc/passwd"/></svg>';

/** Packed once: each unpacks to what its name says. */
const packed = {
  "200 MB": deflateSync(Buffer.alloc(200 * 2 ** 20)),
  "1 kB": deflateSync(Buffer.alloc(1024)),
  "8000 × 7990": deflateSync(Buffer.alloc(24_001 * 7990)),
};

const makers: readonly Maker[] = [
  () => ({ name: "no bytes", bytes: new Uint8Array(), outcome: "refused" }),
  (rng) => ({ name: "noise", bytes: noise(rng, 1 + rng.integer(5000)), outcome: "refused" }),
  () => ({ name: "SVG", bytes: Buffer.from(SVG), fileName: "photo.svg", outcome: "refused" }),
  () => ({ name: "SVG called PNG", bytes: Buffer.from(SVG), outcome: "refused" }),
  () => ({
    name: "XML entities",
    bytes: Buffer.from(`<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>${SVG}`),
    outcome: "refused",
  }),
  (rng) => ({
    name: "other formats",
    bytes: Buffer.from(rng.pick(others), "latin1"),
    outcome: "refused",
  }),
  (rng) => ({
    name: "huge dimensions",
    bytes: png({ ...rng.pick(hugeSizes), lines: packed["1 kB"] }),
    outcome: "refused",
  }),
  (rng) => ({
    name: "dimensions that lie",
    bytes: png({
      width: 2 + rng.integer(3000),
      height: 500 + rng.integer(3000),
      lines: packed["1 kB"],
    }),
    outcome: "refused",
  }),
  () => ({
    name: "a bomb of lines",
    bytes: png({ width: 10, height: 10, lines: packed["200 MB"] }),
    outcome: "either",
  }),
  (rng) => ({
    name: "a bomb of text",
    bytes: png({
      width: 1,
      height: 1,
      lines: deflateSync(Buffer.alloc(4)),
      extra: [bombChunk(rng.pick(["zTXt", "iCCP"]))],
    }),
    outcome: "either",
  }),
  () => ({
    name: "as large as allowed",
    bytes: png({ width: 8000, height: 7990, lines: packed["8000 × 7990"] }),
    outcome: "either",
  }),
  (rng) => ({ name: "truncated", bytes: cut(whole(rng), rng), outcome: "refused" }),
  (rng) => ({ name: "damaged", bytes: damaged(whole(rng), rng), outcome: "either" }),
  (rng) => ({ name: "polyglot", bytes: polyglot(rng), outcome: "refused" }),
  (rng) => ({
    name: "a photo with a tail",
    bytes: Buffer.concat([whole(rng), Buffer.from("<?php system($_GET[0]); ?>")]),
    fileName: "photo.php",
    outcome: "either",
  }),
  (rng) => ({
    name: "a wrong name",
    bytes: whole(rng),
    fileName: rng.pick(["../../etc/passwd", "photo.exe", "\u202egnp.exe", "a".repeat(300)]),
    outcome: "either",
  }),
  () => ({ name: "CMYK", bytes: cmyk, fileName: "photo.jpg", outcome: "answered" }),
  () => ({ name: "16 bits a channel", bytes: sixteenBits(), outcome: "answered" }),
  () => ({ name: "a line of pixels", bytes: line(), outcome: "refused" }),
];

const others = [
  "GIF89a\u0001\0\u0001\0\0\0\0;",
  "II*\0\b\0\0\0",
  "BM\0\0\0\0",
  "%PDF-1.7\n1 0 obj",
  "\x89PNG",
  "\0\0\0\x1cftypavif",
  "%!PS-Adobe-3.0",
  "P6 60000 60000 255\n",
];
const hugeSizes = [
  { width: 60_000, height: 60_000 },
  { width: 2 ** 31 - 1, height: 2 ** 31 - 1 },
  { width: 2 ** 31 - 1, height: 1 },
  { width: 0, height: 5 },
];

/** `count` photos, every kind in turn; the same seed gives the same ones. */
export function* hostilePhotos(count: number, seed = "hostile"): Generator<HostilePhoto> {
  for (let i = 0; i < count; i++) {
    const made = makers[i % makers.length]!(createRng(`${seed} ${i}`));
    yield { fileName: "photo.png", ...made };
  }
}

function whole(rng: Rng): Buffer {
  return colouredPhoto(rng.pick(["red", "green", "blue"] as const), rng.integer(50));
}

function noise(rng: Rng, length: number): Uint8Array {
  return Uint8Array.from({ length }, () => rng.integer(256));
}

function cut(bytes: Buffer, rng: Rng): Uint8Array {
  return bytes.subarray(0, 1 + rng.integer(bytes.length - 40));
}

function damaged(bytes: Buffer, rng: Rng): Uint8Array {
  const copy = Buffer.from(bytes);
  const changes = 1 + rng.integer(8);
  for (let change = 0; change < changes; change++)
    copy[rng.integer(rng.next() < 0.5 ? 60 : copy.length)] = rng.integer(256);
  return copy;
}

function polyglot(rng: Rng): Uint8Array {
  const magic = rng.pick(["ffd8ff", "89504e470d0a1a0a", "524946460000000057454250"]);
  const rest = rng.pick([Buffer.from(SVG), Buffer.from("GIF89a"), whole(rng)]);
  return Buffer.concat([Buffer.from(magic, "hex"), rest]);
}

function bombChunk(type: string): { type: string; data: Uint8Array } {
  return { type, data: Buffer.concat([Buffer.from("name\0\0", "latin1"), packed["200 MB"]]) };
}

/** 16 × 16, four inks, written by libjpeg through sharp 0.35. */
const cmyk = Buffer.from(
  "/9j/7gAOQWRvYmUAZAAAAAAA/9sAQwAQCwwODAoQDg0OEhEQExgoGhgWFhgxIyUdKDozPTw5Mzg3QEhcTkBEV0U3OFBtUVdfYmdoZz5NcXlwZHhcZWdj/8AAFAgAEAAQBEMRAE0RAFkRAEsRAP/EABcAAQEBAQAAAAAAAAAAAAAAAAAHAwb/xAAUEAEAAAAAAAAAAAAAAAAAAAAA/9oADgRDAE0AWQBLAAA/AMFAcCoAAAAD/9k=",
  "base64",
);

/** Red, green and blue of two bytes each: allowed in PNG, made by few cameras. */
function sixteenBits(): Buffer {
  const lines = Buffer.alloc(16 * (1 + 6 * 16), 0x7f);
  for (let y = 0; y < 16; y++) lines[y * (1 + 6 * 16)] = 0;
  return png({ width: 16, height: 16, lines: deflateSync(lines), depth: 16 });
}

function line(): Buffer {
  return png({ width: 20_000, height: 1, lines: deflateSync(Buffer.alloc(60_001)) });
}
