import { SoukError } from "@souk/core";
import type { Command } from "../command.ts";
import { globalOptions, type OptionSpec } from "./arguments.ts";

/** The shells there is completion for. */
export const shells = ["bash", "zsh", "fish"] as const;

interface Candidate {
  readonly word: string;
  readonly summary: string;
}

/**
 * What could follow: each key is the words so far ("", "datasets", "datasets undo"), each value what may come next,
 * commands or actions first, then options.
 */
export type CompletionTable = ReadonlyMap<string, readonly Candidate[]>;

/** Builds the table from loaded commands. */
export function completionTable(commands: readonly Command[]): CompletionTable {
  const table = new Map<string, Candidate[]>();
  table.set("", [
    ...commands.map(({ name, summary }) => ({ word: name, summary })),
    ...optionWords(),
  ]);
  const add = (command: Command, path: string): void => {
    const actions = command.actions ?? [];
    table.set(path, [
      ...actions.map(({ name, summary }) => ({ word: name, summary })),
      ...optionWords(command.options),
    ]);
    for (const action of actions) add(action, `${path} ${action.name}`);
  };
  for (const command of commands) add(command, command.name);
  return table;
}

function optionWords(own: Readonly<Record<string, OptionSpec>> = {}): Candidate[] {
  return Object.entries({ ...own, ...globalOptions }).map(([name, { summary }]) => ({
    word: `--${name}`,
    summary,
  }));
}

/** The script for a shell. @throws SoukError `CLI_OPTION_VALUE` for another shell. */
export function completionScript(shell: string, table: CompletionTable): string {
  if (shell === "bash") return bashScript(table);
  if (shell === "zsh") return zshScript(table);
  if (shell === "fish") return fishScript(table);
  throw new SoukError(
    "CLI_OPTION_VALUE",
    `expected a shell of ${shells.join(", ")}, got "${shell}"`,
  );
}

function bashScript(table: CompletionTable): string {
  const cases = [...table].map(
    ([path, words]) => `    "${path}") words="${words.map(({ word }) => word).join(" ")}" ;;`,
  );
  return `# bash completion for souk. Load it now:  source <(souk completion bash)
# or for good:  souk completion bash > ~/.local/share/bash-completion/completions/souk
_souk() {
  local current="\${COMP_WORDS[COMP_CWORD]}" path="" word words=""
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$word" in -*) ;; *) path="\${path:+$path }$word" ;; esac
  done
  while :; do
    case "$path" in
${cases.join("\n")}
    *) [[ "$path" == *" "* ]] && { path="\${path% *}"; continue; } ;;
    esac
    break
  done
  if [[ -n "$path" && "$current" != -* && "$words" == -* ]]; then
    COMPREPLY=($(compgen -f -- "$current"))
  else
    COMPREPLY=($(compgen -W "$words" -- "$current"))
  fi
}
complete -o filenames -F _souk souk
`;
}

function zshScript(table: CompletionTable): string {
  const cases = [...table].map(([path, words]) => {
    const entries = words.map(({ word, summary }) => quote(`${word}:${summary}`));
    return `    ${quote(path)}) souk_words=(${entries.join(" ")}) ;;`;
  });
  return `#compdef souk
# zsh completion for souk. Load it now:  source <(souk completion zsh)
# or for good:  souk completion zsh > "\${fpath[1]}/_souk"
_souk() {
  local -a words_before souk_words
  local seen="" word
  words_before=("\${(@)words[2,CURRENT-1]}")
  for word in $words_before; do
    [[ "$word" == -* ]] || seen="\${seen:+$seen }$word"
  done
  while :; do
    case "$seen" in
${cases.join("\n")}
    *) [[ "$seen" == *" "* ]] && { seen="\${seen% *}"; continue } ;;
    esac
    break
  done
  _describe -o souk souk_words
  _files
}
compdef _souk souk
`;
}

function fishScript(table: CompletionTable): string {
  const lines = [
    "# fish completion for souk:  souk completion fish > ~/.config/fish/completions/souk.fish",
  ];
  for (const [path, words] of table) {
    const condition = path === "" ? "__fish_use_subcommand" : fishCondition(path);
    for (const { word, summary } of words) {
      const candidate = word.startsWith("--") ? `-l ${word.slice(2)}` : `-a ${word}`;
      lines.push(`complete -c souk -n ${quote(condition)} ${candidate} -d ${fishQuote(summary)}`);
    }
  }
  return `${lines.join("\n")}\n`;
}

function fishCondition(path: string): string {
  return path
    .split(" ")
    .map((word) => `__fish_seen_subcommand_from ${word}`)
    .join("; and ");
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

function fishQuote(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}
