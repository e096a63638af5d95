import { SoukError } from "@souk/core";

/**
 * `["a=b", "c=d"]` as a record. @param option the option's name, for the message.
 * @throws SoukError `CLI_OPTION_VALUE` when there is no name or no "=".
 */
export function parsePairs(option: string, pairs: readonly string[]): Record<string, string> {
  const entries = pairs.map((pair) => {
    const at = pair.indexOf("=");
    if (at < 1)
      throw new SoukError("CLI_OPTION_VALUE", `--${option}: expected NAME=VALUE, got "${pair}"`);
    return [pair.slice(0, at), pair.slice(at + 1)] as const;
  });
  return Object.fromEntries(entries);
}

/** The value as a number or a boolean where it reads as one, else as text. */
export function settingOf(value: string): string | number | boolean {
  if (value === "true" || value === "false") return value === "true";
  const number = Number(value);
  return value.trim() !== "" && Number.isFinite(number) ? number : value;
}

/** A version number. @throws SoukError `CLI_ARGUMENT`. */
export function parseVersion(text: string): number {
  const version = Number(text.replace(/^v/, ""));
  if (!Number.isInteger(version) || version < 1)
    throw new SoukError("CLI_ARGUMENT", `expected a version like 3, got "${text}"`);
  return version;
}
