import assert from "node:assert/strict";
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Blobs } from "./blobs.ts";

/** An implementation of `Blobs`. */
export interface BlobsSubject {
  /** Shown before each law. */
  readonly name: string;
  /** A new, empty place for blobs. */
  fresh(): Promise<{ blobs: Blobs; dispose: () => Promise<void> }>;
}

type Law = (blobs: Blobs, folder: string) => Promise<void>;

/** Registers, with `node:test`, every law a place for blobs must keep. */
export async function checkBlobs(subject: BlobsSubject): Promise<void> {
  const { test } = await import("node:test");
  for (const [name, law] of Object.entries(laws)) {
    await test(`${subject.name}: ${name}`, async () => {
      const folder = await mkdtemp(join(tmpdir(), "souk-law-"));
      const { blobs, dispose } = await subject.fresh();
      try {
        await law(blobs, folder);
      } finally {
        await dispose();
        await rm(folder, { recursive: true });
      }
    });
  }
}

const bytes = (text: string): Uint8Array => Buffer.from(text);
const text = (data: Uint8Array): string => Buffer.from(data).toString();
/** FIPS 180-4, the example "abc". */
const SHA256_OF_ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

async function* pieces(...parts: string[]): AsyncIterable<Uint8Array> {
  for (const part of parts) yield bytes(part);
}

async function* broken(): AsyncIterable<Uint8Array> {
  yield bytes("half");
  throw new Error("the line went dead");
}

const laws: Readonly<Record<string, Law>> = {
  async "a blob comes back whole, with its size and SHA-256"(blobs) {
    const facts = { sizeBytes: 3, sha256: SHA256_OF_ABC };
    assert.deepEqual(await blobs.put("a/b/c.txt", bytes("abc")), facts);
    assert.deepEqual(await blobs.put("a/b/d.txt", pieces("a", "bc")), facts);
    assert.equal(text(await blobs.get("a/b/d.txt")), "abc");
    let streamed = "";
    for await (const chunk of blobs.stream("a/b/c.txt")) streamed += text(chunk);
    assert.equal(streamed, "abc");
  },
  async "a second put replaces the first"(blobs) {
    await blobs.put("k", bytes("long old value"));
    await blobs.put("k", bytes("new"));
    assert.equal(text(await blobs.get("k")), "new");
  },
  async "a put whose stream fails leaves the old blob and nothing else"(blobs) {
    await blobs.put("k", bytes("old"));
    await assert.rejects(blobs.put("k", broken()), { message: "the line went dead" });
    await assert.rejects(blobs.put("fresh", broken()));
    assert.equal(text(await blobs.get("k")), "old");
    assert.deepEqual(await blobs.list(""), [{ key: "k", sizeBytes: 3 }]);
  },
  async "twenty puts of one key at once leave one of them, whole"(blobs) {
    const values = Array.from({ length: 20 }, (_, i) => String(i).repeat(1000 + i));
    await Promise.all(values.map((value) => blobs.put("same/key", bytes(value))));
    assert.ok(values.includes(text(await blobs.get("same/key"))));
  },
  async "keys that would leave the folder or confuse it are refused"(blobs) {
    const bad = [
      "",
      "/etc/passwd",
      "../x",
      "a/../../x",
      "a//b",
      "a/",
      ".",
      "a/./b",
      "a\\b",
      "a\u0000b",
    ];
    for (const key of [...bad, "x".repeat(1025), "é".repeat(200), "\ud800"]) {
      await assert.rejects(blobs.put(key, bytes("x")), { code: "BLOB_KEY" }, JSON.stringify(key));
      await assert.rejects(blobs.get(key), { code: "BLOB_KEY" });
      await assert.rejects(blobs.remove(key), { code: "BLOB_KEY" });
    }
  },
  async "an absent blob is BLOB_NOT_FOUND"(blobs) {
    await assert.rejects(blobs.get("nothing"), { code: "BLOB_NOT_FOUND" });
    await assert.rejects(blobs.localDirectory("nothing"), { code: "BLOB_NOT_FOUND" });
    await assert.rejects(
      async () => {
        for await (const _ of blobs.stream("nothing")) assert.fail();
      },
      { code: "BLOB_NOT_FOUND" },
    );
  },
  async "list and remove take whole names, in order of key"(blobs) {
    for (const key of ["r/12/a", "r/1/b", "r/1/a", "r/1/c/d"]) await blobs.put(key, bytes(key));
    const keys = async (prefix: string): Promise<string[]> =>
      (await blobs.list(prefix)).map(({ key }) => key);
    assert.deepEqual(await keys("r/1"), ["r/1/a", "r/1/b", "r/1/c/d"]);
    assert.deepEqual(await keys("r/1/a"), ["r/1/a"]);
    assert.deepEqual(await keys("absent"), []);
    await blobs.remove("r/1");
    await blobs.remove("r/1");
    assert.deepEqual(await keys(""), ["r/12/a"]);
  },
  async "a blob cannot be the folder of another"(blobs) {
    await blobs.put("a", bytes("x"));
    await assert.rejects(blobs.put("a/b", bytes("x")), { code: "BLOB_CONFLICT" });
    await blobs.put("c/d", bytes("x"));
    await assert.rejects(blobs.put("c", bytes("x")), { code: "BLOB_CONFLICT" });
  },
  async "a folder goes in and comes back as a folder, also over an older one"(blobs, folder) {
    await mkdir(join(folder, "sub"));
    await writeFile(join(folder, "sub", "w.bin"), "one");
    await blobs.putDirectory("m/1", folder);
    await writeFile(join(folder, "sub", "w.bin"), "two");
    await writeFile(join(folder, "more"), "three");
    await blobs.putDirectory("m/1", folder);
    const local = await blobs.localDirectory("m/1");
    assert.equal(await readFile(join(local, "sub", "w.bin"), "utf8"), "two");
    assert.equal(text(await blobs.get("m/1/more")), "three");
  },
  async "a folder with a link is refused and leaves nothing"(blobs, folder) {
    await symlink("/etc/hostname", join(folder, "link"));
    await assert.rejects(blobs.putDirectory("m/1", folder), { code: "BLOB_NOT_A_FILE" });
    assert.deepEqual(await blobs.list(""), []);
  },
};
