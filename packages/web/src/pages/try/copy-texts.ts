import type { ServedModel } from "../../parts/answering/served-model.ts";
import { curlOf, inShell, typescriptOf } from "../../parts/call-text.ts";
import type { CopyTexts } from "../../parts/copy-as.tsx";
import { type Given, rowOf } from "./inputs.ts";

/** The question that was asked of a model, as a call to make elsewhere; a photo is named by its file. */
export function askedTexts(
  { model, inputs }: ServedModel,
  given: Given,
  { origin, row }: { origin: string; row: ReturnType<typeof rowOf> },
): CopyTexts {
  const cli = cliOf({ model, inputs }, given);
  if (!given.photo) {
    const args = { body: { model, inputs: row, top_k: 5 } };
    return {
      curl: curlOf("predictText", args, origin),
      typescript: typescriptOf("predictText", args, origin),
      cli,
    };
  }
  return {
    curl: formCurl({ model, given, origin }),
    typescript: formTypescript({ model, given, origin }),
    cli,
  };
}

interface Asked {
  readonly model: string;
  readonly given: Given;
  readonly origin: string;
}

function formCurl({ model, given: { fields, photo }, origin }: Asked): string {
  const parts = Object.entries({ model, top_k: "5", ...fields }).map(
    ([name, value]) => `--form-string ${inShell(`${name}=${value}`)}`,
  );
  if (photo) parts.push(`-F ${inShell(`${photo.input}=@"${fileName(photo.file)}"`)}`);
  return [
    `curl -s ${inShell(`${origin}/api/predict`)}`,
    `-H "authorization: Bearer $SOUK_KEY"`,
    ...parts,
  ].join(" \\\n  ");
}

function formTypescript({ model, given: { fields, photo }, origin }: Asked): string {
  const sets = Object.entries({ model, top_k: "5", ...fields }).map(
    ([name, value]) => `form.set(${JSON.stringify(name)}, ${JSON.stringify(value)});`,
  );
  const file = JSON.stringify(photo ? fileName(photo.file) : "");
  return `import { openAsBlob } from "node:fs";
import { createClient } from "@souk/api";

const client = createClient({ baseUrl: ${JSON.stringify(origin)}, apiKey: process.env.SOUK_KEY });
const form = new FormData();
${sets.join("\n")}
form.set(${JSON.stringify(photo?.input ?? "")}, await openAsBlob(${file}), ${file});
const answer = await client.predictText({ body: form });
`;
}

function cliOf({ model }: Pick<ServedModel, "model" | "inputs">, { fields, photo }: Given): string {
  const inputs = Object.entries(fields).map(
    ([name, value]) => `--input ${inShell(`${name}=${value}`)}`,
  );
  return [
    `npx souk predict ${model}`,
    ...inputs,
    ...(photo ? [`--photo ${inShell(fileName(photo.file))}`] : []),
  ].join(" ");
}

/** Without what curl's own syntax would read as more than a name. */
function fileName({ name }: File): string {
  return name.replaceAll(/["\\;,]/g, "_");
}
