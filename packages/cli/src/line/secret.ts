import { text } from "node:stream/consumers";
import { SoukError } from "@souk/core";

/**
 * A secret from `SOUK_PASSWORD` or, where that is not set, from standard input up to the first line break: never from the
 * command line, where every user of the machine could read it. @throws SoukError `CLI_ARGUMENT` when there is none.
 */
export async function readPassword(
  environment: Readonly<Record<string, string | undefined>>,
  stdin: AsyncIterable<Uint8Array>,
): Promise<string> {
  const given = environment["SOUK_PASSWORD"];
  if (given !== undefined && given !== "") return given;
  const typed = (await text(stdin)).split(/\r?\n/, 1)[0] ?? "";
  if (typed === "")
    throw new SoukError("CLI_ARGUMENT", "a password is missing: pipe it in, or set SOUK_PASSWORD");
  return typed;
}
