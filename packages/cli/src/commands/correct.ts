import type { Command } from "../command.ts";

/** `souk correct`. */
export const command: Command = {
  name: "correct",
  summary: "say what a prediction should have been; the next training learns it",
  about: `The correction is kept with the inputs of the prediction, photo included, and is its outcome, too. The latest one of
a prediction counts. The next training of the model's task adds it to its training rows, never to those it is measured on.`,
  positionals: [
    { name: "PREDICTION", summary: "its id, as souk predict prints it" },
    { name: "LABEL", summary: "the right label, or the right number" },
  ],
  examples: [
    {
      line: "souk correct pred_01m7q8kz3v0f5d9c2x6b4n8j1h 2",
      about: "two stars, whatever the model said",
    },
  ],
  async run({ line, out, souk, by }) {
    const [prediction, label] = line.positionals;
    const correction = await (await souk()).serving.correct(prediction!, { label: label!, by });
    out.printJson(correction);
    out.print(
      `${out.style.green("✓")} ${correction.model}: ${out.style.bold(String(correction.label))} is right; the next training learns it`,
    );
  },
};
