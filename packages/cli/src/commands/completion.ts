import type { Command } from "../command.ts";
import { completionScript, completionTable, shells } from "../line/completion.ts";

/** `souk completion SHELL`. */
export const command: Command = {
  name: "completion",
  summary: "print the shell completion for bash, zsh or fish",
  positionals: [{ name: "SHELL", summary: shells.join(", ") }],
  examples: [
    { line: "source <(souk completion bash)", about: "now, in this shell" },
    { line: 'souk completion zsh > "${fpath[1]}/_souk"', about: "for good, in zsh" },
    {
      line: "souk completion fish > ~/.config/fish/completions/souk.fish",
      about: "for good, in fish",
    },
  ],
  async run({ line, out, commands }) {
    const table = completionTable(await commands());
    out.printRaw(completionScript(line.positionals[0]!, table));
  },
};
