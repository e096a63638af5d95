import type { Souk } from "@souk/server";
import type { Output } from "../terminal/output.ts";
import { formatNumber } from "../terminal/numbers.ts";
import { bar } from "../terminal/progress.ts";

type Explanation = Awaited<ReturnType<Souk["serving"]["explain"]>>;
type Token = Explanation["tokens"][number];
type Columns = Readonly<Record<string, ArrayLike<unknown>>>;

const MOST_LINES = 15;
const BAR_WIDTH = 24;
/** Contributions below this share of the largest are not coloured. */
const PALE = 0.1;
const SHADES = " ░▒▓█";

/** Prints the texts with the words that count in colour, then what counts most as bars, then the heat of photos. */
export function printExplanation(out: Output, explanation: Explanation, columns: Columns): void {
  const { label, score, model, version, tokens, features, images } = explanation;
  const what =
    label === undefined
      ? `a score of ${formatNumber(score, 3)}`
      : `${String(label)}, logit ${formatNumber(score, 3)}`;
  out.print(`${out.style.bold(what)}  ${out.style.dim(`${model} version ${version}`)}`);
  const largest = Math.max(...[...tokens, ...features].map(sizeOf), Number.MIN_VALUE);
  for (const [input, own] of byInput(tokens)) {
    const cell = columns[input]?.[0];
    const text = typeof cell === "string" ? cell : "";
    out.print();
    out.print(`${out.style.dim(input)}  ${coloured(out, text, { tokens: own, largest })}`);
  }
  out.print();
  const all = [
    ...tokens.map(({ text, contribution }) => ({ name: text, contribution })),
    ...features.map(({ input, value, contribution }) => ({
      name: value === null ? `(${input})` : `${input} = ${value}`,
      contribution,
    })),
  ];
  for (const one of all.toSorted((a, b) => sizeOf(b) - sizeOf(a)).slice(0, MOST_LINES))
    printBar(out, one, largest);
  for (const image of images) printHeat(out, image);
}

function sizeOf({ contribution }: { contribution: number }): number {
  return Math.abs(contribution);
}

function byInput(tokens: readonly Token[]): Map<string, Token[]> {
  return Map.groupBy(tokens, ({ input }) => input);
}

/** The text with green words for what speaks for the label and red ones for what speaks against it. */
function coloured(
  out: Output,
  text: string,
  { tokens, largest }: { tokens: readonly Token[]; largest: number },
): string {
  const { style } = out;
  let painted = "";
  let at = 0;
  for (const { from, to, contribution } of tokens.toSorted((a, b) => a.from - b.from)) {
    const word = text.slice(from, to);
    const isPale = Math.abs(contribution) < PALE * largest;
    const shown = isPale ? word : contribution > 0 ? style.green(word) : style.red(word);
    painted += text.slice(at, from) + shown;
    at = to;
  }
  return painted + text.slice(at);
}

function printBar(
  out: Output,
  { name, contribution }: { name: string; contribution: number },
  largest: number,
): void {
  const { style } = out;
  const plain = bar(Math.abs(contribution) / largest, BAR_WIDTH);
  const width = contribution >= 0 ? style.green(plain) : style.red(plain);
  const sign = contribution >= 0 ? "+" : "−";
  out.print(
    `  ${name.slice(0, 24).padEnd(24)} ${width} ${sign}${formatNumber(Math.abs(contribution), 3)}`,
  );
}

/** Where a photo speaks for the label, darker is more. */
function printHeat(
  out: Output,
  { input, width, height, heat }: Explanation["images"][number],
): void {
  const most = heat.reduce((high, value) => Math.max(high, value), Number.MIN_VALUE);
  out.print();
  out.print(out.style.dim(`${input}: where it speaks for the answer`));
  for (let y = 0; y < height; y++) {
    const line = Array.from(heat.subarray(y * width, (y + 1) * width), (value) =>
      (SHADES[Math.max(0, Math.round((value / most) * (SHADES.length - 1)))] ?? " ").repeat(2),
    );
    out.print(`  ${line.join("")}`);
  }
}
