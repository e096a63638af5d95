export type { Command, Context, Example } from "./command.ts";
export { type CommandEntry, commandList } from "./command-list.ts";
export { type ExitCode, exitCodes } from "./exit-codes.ts";
export { runSouk, type Surroundings } from "./program.ts";
