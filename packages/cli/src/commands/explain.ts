import { SoukError } from "@souk/core";
import type { Command, Context } from "../command.ts";
import { modelOf, oneRow, rowOptions } from "../line/model-inputs.ts";
import { printExplanation } from "../report/explanation.ts";

/** `souk explain`. */
export const command: Command = {
  name: "explain",
  summary: "show which words, values and regions moved a prediction",
  about: `Contributions are of the label's logit: what adds to it makes the label more probable. For a number they are of the
number as the model learns it (ln(1 + number) for a task of heavy-tailed numbers).`,
  positionals: [
    { name: "MODEL", summary: "name of the model" },
    { name: "TEXT", summary: "for the model's last text input", isOptional: true },
  ],
  options: {
    ...rowOptions,
    label: { kind: "text", value: "LABEL", summary: "explain this one", fallback: "the answer" },
  },
  examples: [
    { line: "souk explain star-rating 'It broke after two days'", about: "words and their weight" },
    {
      line: "souk explain category --input name='Red dress' --photo dress.jpg --label Dresses",
      about: "text and photo, for a label",
    },
  ],
  run: explain,
};

async function explain(context: Context): Promise<void> {
  const { line, out, souk, signal } = context;
  const label = line.text("label");
  if (label === "") throw new SoukError("CLI_OPTION_VALUE", "--label: expected a label, got none");
  const columns = await oneRow(context);
  const explanation = await (
    await souk()
  ).serving.explain({
    ...modelOf(context),
    batch: { length: 1, columns },
    ...(label !== undefined && { label }),
    signal,
  });
  out.printJson({
    ...explanation,
    images: explanation.images.map((one) => ({ ...one, heat: Array.from(one.heat) })),
  });
  printExplanation(out, explanation, columns);
}
