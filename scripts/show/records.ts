import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { gunzipSync } from "node:zlib";

/** Records of gzipped comma-separated text by column name; a quoted cell may hold commas, line ends and doubled quotes. */
export async function readCsv(path: string): Promise<Record<string, string>[]> {
  const text = gunzipSync(await readFile(path)).toString("utf8");
  const lines: string[][] = [[]];
  for (const [, cell, plain = "", end] of text.matchAll(
    /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/gu,
  )) {
    lines.at(-1)?.push(cell === undefined ? plain : cell.replaceAll('""', '"'));
    if (end !== ",") lines.push([]);
  }
  const [header = [], ...rows] = lines.filter((line) => line.length > 1);
  return rows.map((row) => Object.fromEntries(header.map((column, i) => [column, row[i] ?? ""])));
}

/** A number in [0, 1) that depends on nothing but `name`: which side of a split it falls on. */
export function unit(name: string): number {
  return createHash("sha1").update(name).digest().readUInt32BE(0) / 2 ** 32;
}
