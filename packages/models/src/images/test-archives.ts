/** Archives for tests, hostile ones too, written by hand after the formats' descriptions. */
import { crc32, deflateRawSync } from "node:zlib";

/** One member of an archive. */
export interface Member {
  readonly name: string;
  readonly data: Buffer;
  readonly link?: "symbolic" | "hard";
  /** Another type of a tar's member. */
  readonly type?: string;
  /** The size a zip's directory tells, if another. */
  readonly declared?: number;
}

/** A ustar file. Names are at most 100 bytes. */
export function tarOf(members: readonly Member[]): Buffer {
  const blocks = members.flatMap(({ name, data, link, type }) => {
    const content = link ? Buffer.alloc(0) : data;
    const header = Buffer.alloc(512);
    header.write(name, 0);
    header.write("0000644\0", 100);
    header.write(`${content.length.toString(8).padStart(11, "0")}\0`, 124);
    header.write(type ?? { symbolic: "2", hard: "1", none: "0" }[link ?? "none"], 156);
    if (link) header.write("/etc/passwd", 157);
    header.write("ustar\u000000", 257);
    header.write("        ", 148);
    const sum = header.reduce((total, byte) => total + byte, 0);
    header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
    const padding = Buffer.alloc((512 - (content.length % 512)) % 512);
    return [header, content, padding];
  });
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}

/** A zip file; every second member is deflated. */
export function zipOf(members: readonly Member[]): Buffer {
  const entries: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  members.forEach(({ name, data, link, declared = data.length }, at) => {
    const packed = at % 2 === 1 ? deflateRawSync(data) : data;
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(at % 2 === 1 ? 8 : 0, 4);
    common.writeUInt32LE(crc32(data), 10);
    common.writeUInt32LE(packed.length, 14);
    common.writeUInt32LE(declared, 18);
    common.writeUInt16LE(Buffer.byteLength(name), 22);
    const mode = Buffer.alloc(14);
    mode.writeUInt32LE((link ? 0o120777 : 0o100644) * 0x10000, 6);
    mode.writeUInt32LE(offset, 10);
    const entry = Buffer.concat([Buffer.from("PK\u0003\u0004"), common, Buffer.from(name), packed]);
    const made = Buffer.from([20, 3]);
    directory.push(
      Buffer.concat([Buffer.from("PK\u0001\u0002"), made, common, mode, Buffer.from(name)]),
    );
    entries.push(entry);
    offset += entry.length;
  });
  const table = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write("PK\u0005\u0006");
  end.writeUInt16LE(members.length, 8);
  end.writeUInt16LE(members.length, 10);
  end.writeUInt32LE(table.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...entries, table, end]);
}
