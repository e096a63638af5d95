import type { Command } from "../command.ts";

/** `souk rollback`. */
export const command: Command = {
  name: "rollback",
  summary: "let the version before serve again",
  positionals: [{ name: "MODEL", summary: "name of the model" }],
  options: {
    alias: { kind: "text", value: "NAME", summary: "the alias to move back", fallback: "champion" },
    reason: {
      kind: "text",
      value: "WHY",
      summary: "kept in the promotion log",
      fallback: "rolled back by hand",
    },
  },
  examples: [
    {
      line: "souk rollback star-rating --reason 'angry customers'",
      about: "at once, no request fails",
    },
  ],
  async run({ line, out, souk, by }) {
    const alias = line.text("alias");
    const done = await (
      await souk()
    ).models.rollback(line.positionals[0]!, {
      by,
      reason: line.text("reason") ?? "rolled back by hand",
      ...(alias !== undefined && { alias }),
    });
    out.printJson(done);
    out.print(
      `${out.style.green("✓")} ${done.alias} of ${done.model} is version ${done.version} again`,
    );
  },
};
