import type { Command } from "../command.ts";
import { formatCount } from "../terminal/numbers.ts";
import { entriesOf, textOf } from "../plain.ts";

/** `souk demo`. */
export const command: Command = {
  name: "demo",
  summary: "fill the data directory with an invented shop of any size",
  about: `Writes products, reviews, posts and orders of a shop that does not exist, and ingests them like a shop's own files.
Every row says that it is invented. The same seed and size give the same rows.`,
  options: {
    size: {
      kind: "number",
      min: 1,
      value: "REVIEWS",
      summary: "how many reviews",
      fallback: "20000",
    },
    seed: {
      kind: "number",
      min: 0,
      value: "N",
      summary: "another shop for another number",
      fallback: "1",
    },
  },
  examples: [
    { line: "souk demo", about: "20,000 reviews, a few seconds" },
    { line: "souk demo --size 1000000 --seed 7 --data ./big", about: "a large one, elsewhere" },
  ],
  async run({ line, out, signal, souk }) {
    const { operations } = await souk();
    const startedMs = performance.now();
    const outcome = await operations.demo({
      reviews: line.number("size"),
      seed: line.number("seed"),
      signal,
      onProgress: (message) => out.step(message),
    });
    const rows = entriesOf(outcome, "rows");
    out.print(out.style.yellow(textOf(outcome, "notice")));
    out.print();
    out.printTable(
      [{ title: "dataset" }, { title: "rows", align: "right" }],
      rows.map(([name, count]) => [name, formatCount(Number(count))]),
    );
    out.print();
    out.print(`Made in ${((performance.now() - startedMs) / 1000).toFixed(1)} s. Next:`);
    out.print(`  ${out.style.cyan("souk question 4")}         what people give, by category`);
    out.print(`  ${out.style.cyan("souk train star-rating")}  learn stars from words`);
    out.printJson(outcome);
  },
};
