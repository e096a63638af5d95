import { readFile } from "node:fs/promises";
import type { Command } from "../command.ts";
import { textOf } from "../plain.ts";

/** `souk version`. Reads one small file and loads nothing. */
export const command: Command = {
  name: "version",
  summary: "print the version",
  examples: [{ line: "souk version --json", about: "for scripts" }],
  async run({ out }) {
    const manifest: unknown = JSON.parse(
      await readFile(new URL("../../package.json", import.meta.url), "utf8"),
    );
    const version = textOf(manifest, "version");
    const { node } = process.versions;
    out.print(`souk ${version} (Node ${node}, ${process.platform}-${process.arch})`);
    out.printJson({ version, node, platform: process.platform, arch: process.arch });
  },
};
