import { SoukError } from "@souk/core";
import { settingOf } from "./pairs.ts";

/** How one setting is searched. */
export interface SearchedSetting {
  readonly min?: number;
  readonly max?: number;
  readonly scale?: "linear" | "log";
  readonly options?: readonly (string | number | boolean)[];
}

/**
 * `["lr=0.001..0.1:log", "dim=8,16,32", "epochs"]` as the settings to search: a range, options, or the whole range of the
 * setting. @throws SoukError `CLI_OPTION_VALUE`.
 */
export function parseSpace(texts: readonly string[]): Record<string, SearchedSetting> {
  return Object.fromEntries(texts.map((text) => searchedSetting(text)));
}

function searchedSetting(text: string): [string, SearchedSetting] {
  const at = text.indexOf("=");
  if (at < 0) return [text, {}];
  const [name, value] = [text.slice(0, at), text.slice(at + 1)];
  if (name === "" || value === "") throw malformed(text);
  const range = /^(.+?)\.\.(.+?)(?::(log|linear))?$/.exec(value);
  if (range === null) return [name, { options: value.split(",").map((one) => settingOf(one)) }];
  const [min, max] = [Number(range[1]), Number(range[2])];
  if (!Number.isFinite(min) || !Number.isFinite(max)) throw malformed(text);
  const scale = range[3] === "log" || range[3] === "linear" ? range[3] : undefined;
  return [name, { min, max, ...(scale !== undefined && { scale }) }];
}

function malformed(text: string): SoukError {
  return new SoukError(
    "CLI_OPTION_VALUE",
    `--space: expected NAME=LOW..HIGH, NAME=LOW..HIGH:log or NAME=A,B,C, got "${text}"`,
  );
}
