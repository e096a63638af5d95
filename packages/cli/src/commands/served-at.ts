import { SoukError } from "@souk/core";
import type { Command } from "../command.ts";
import { member, textOf } from "../plain.ts";
import { formatTime } from "../terminal/numbers.ts";

/** `souk served-at`. */
export const command: Command = {
  name: "served-at",
  summary: "which version served at a moment, and what it learned from",
  positionals: [{ name: "TIME", summary: "like 2026-11-22T07:45Z, 2026-11-22 or now" }],
  options: {
    model: { kind: "text", value: "NAME", summary: "only this model" },
    alias: { kind: "text", value: "NAME", summary: "only this alias" },
  },
  examples: [{ line: "souk served-at 2026-11-22T07:45Z", about: "who answered then?" }],
  async run({ line, out, souk }) {
    const application = await souk();
    const text = line.positionals[0]!;
    const atMs = text === "now" ? application.clock.now() : Date.parse(text);
    if (Number.isNaN(atMs))
      throw new SoukError(
        "CLI_ARGUMENT",
        `expected a time like 2026-11-22T07:45Z or now, got "${text}"`,
      );
    const model = line.text("model");
    const alias = line.text("alias");
    const spans = await application.models.servedAt(atMs, {
      ...(model !== undefined && { model }),
      ...(alias !== undefined && { alias }),
    });
    out.printJson(spans);
    if (spans.length === 0) return out.print(`Nothing served at ${formatTime(atMs)}.`);
    for (const span of spans) {
      const data = member(span, "data");
      out.print(out.style.bold(`${span.model} version ${span.version} as ${span.alias}`));
      out.printFacts([
        ["from", formatTime(span.from)],
        ["until", span.until === undefined ? "now" : formatTime(span.until)],
        ["trained by run", span.runId ?? ""],
        [
          "on",
          `${textOf(data, "dataset")} version ${textOf(data, "version")} ${textOf(data, "hash").slice(0, 12)}`,
        ],
        ["promoted by", textOf(span, "promotedBy")],
        ["because", textOf(span, "reason")],
      ]);
    }
  },
};
