import { crc32, deflateSync } from "node:zlib";

const SIDE = 64;

/** A small photo as a PNG file, a slope of colours: what a model is warmed up with. Source: PNG specification, third edition. */
export function drawnPhoto(): Uint8Array {
  const lines = Buffer.alloc(SIDE * (1 + 3 * SIDE));
  for (let y = 0; y < SIDE; y++) {
    const line = lines.subarray(y * (1 + 3 * SIDE) + 1);
    for (let x = 0; x < SIDE; x++) line.set([4 * x, 4 * y, 2 * (x + y)], 3 * x);
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(SIDE, 0);
  header.writeUInt32BE(SIDE, 4);
  // 8 bits a channel, red, green and blue.
  header.set([8, 2], 8);
  return Buffer.concat([
    Buffer.from("89504e470d0a1a0a", "hex"),
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(lines)),
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
