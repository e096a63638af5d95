import { readFile, stat } from "node:fs/promises";
import { errorCode, SoukError } from "@souk/core";
import type { Context } from "../command.ts";
import { parsePairs, settingOf } from "./pairs.ts";
import type { OptionSpec } from "./arguments.ts";

type Cell = string | number | boolean | null | Uint8Array;

/** A file larger than this is no photo Souk reads: it need not be in memory to be refused. */
const MOST_PHOTO_BYTES = 32 * 2 ** 20;

/** Options of the commands that take one row of a model. */
export const rowOptions = {
  input: {
    kind: "list",
    value: "COLUMN=VALUE",
    summary: "an input by its column, may be repeated",
  },
  set: { kind: "list", value: "COLUMN=VALUE", summary: "the same" },
  photo: { kind: "text", value: "FILE", summary: "a photo for the model's photo input" },
  version: { kind: "number", min: 1, value: "N", summary: "this version" },
  alias: {
    kind: "text",
    value: "NAME",
    summary: "the version of this alias",
    fallback: "champion",
  },
} as const satisfies Readonly<Record<string, OptionSpec>>;

/** Which model, and which version of it. */
export function modelOf({ line }: Pick<Context, "line">): {
  model: string;
  version?: number;
  alias?: string;
} {
  const version = line.number("version");
  const alias = line.text("alias");
  return {
    model: line.positionals[0]!,
    ...(version !== undefined && { version }),
    ...(alias !== undefined && { alias }),
  };
}

/**
 * One row of the model's inputs: TEXT goes to the last text input (the body, not the headline), `--photo` to the photo
 * input, `--input` (or `--set`) to those it names; the others are missing.
 * @throws SoukError `CLI_OPTION_VALUE`, `CLI_ARGUMENT`, `CLI_FILE_MISSING`.
 */
export async function oneRow(context: Context): Promise<Record<string, Cell[]>> {
  const { line, souk } = context;
  const { model, ...ref } = modelOf(context);
  const { signature } = await (await souk()).serving.card(model, ref);
  const { inputs } = signature;
  const names = inputs.map(({ name }) => name).join(", ");
  const given = givenInputs(context, { model, names: inputs.map(({ name }) => name) });
  const text = line.positionals[1];
  const photo = line.text("photo");
  if (text === undefined && photo === undefined && Object.keys(given).length === 0)
    throw new SoukError(
      "CLI_ARGUMENT",
      `TEXT is missing; or give --input for ${names}, or --photo or --file`,
    );
  const textInput = inputs.findLast(({ kind }) => kind === "text")?.name;
  const photoInput = inputs.find(({ kind }) => kind === "image")?.name;
  const missing = (what: string): SoukError =>
    new SoukError("CLI_ARGUMENT", `${model} has no ${what} input; give --input for ${names}`);
  if (text !== undefined && textInput === undefined) throw missing("text");
  if (photo !== undefined && photoInput === undefined) throw missing("photo");
  const bytes = photo === undefined ? undefined : await readPhoto(photo);
  return Object.fromEntries(
    inputs.map(({ name, kind }): [string, Cell[]] => {
      const typed = given[name];
      if (typed !== undefined) return [name, [kind === "number" ? settingOf(typed) : typed]];
      if (name === textInput && text !== undefined) return [name, [text]];
      if (name === photoInput && bytes !== undefined) return [name, [bytes]];
      return [name, [kind === "text" ? "" : null]];
    }),
  );
}

function givenInputs(
  { line }: Context,
  { model, names }: { model: string; names: readonly string[] },
): Record<string, string> {
  const given = {
    ...parsePairs("input", line.list("input")),
    ...parsePairs("set", line.list("set")),
  };
  const stranger = Object.keys(given).find((name) => !names.includes(name));
  if (stranger === undefined) return given;
  throw new SoukError(
    "CLI_OPTION_VALUE",
    `--input: ${model} has the inputs ${names.join(", ")}, got "${stranger}"`,
  );
}

/** @throws SoukError `CLI_FILE_MISSING`; `CLI_OPTION_VALUE` for a file larger than a photo may be. */
export async function readPhoto(path: string): Promise<Uint8Array> {
  try {
    const { size } = await stat(path);
    if (size <= MOST_PHOTO_BYTES) return await readFile(path);
  } catch (cause) {
    const what = errorCode(cause) === "ENOENT" ? "there is no file" : "cannot read";
    throw new SoukError("CLI_FILE_MISSING", `${what} ${path}`, { cause });
  }
  const message = `${path}: expected a photo of at most ${MOST_PHOTO_BYTES} bytes, got more`;
  throw new SoukError("CLI_OPTION_VALUE", message);
}
