import { resolve } from "node:path";
import { productRules } from "@souk/server";
import type { Command } from "../command.ts";
import { formatCount } from "../terminal/numbers.ts";

const SHOWN_BAD_PHOTOS = 20;

const add: Command = {
  name: "add",
  summary: "take photos of products into the shop",
  about: `SOURCE is a folder, a .tar, .tar.gz or .zip, one photo, or a list: a CSV, TSV or JSON Lines file with product_id and
either url or file, perhaps position. JPEG, PNG and WebP are read. A bad photo is named and keeps no other out; the same
photos again change nothing. Addresses must be of servers on the internet ("photos": {"allowPrivate": true} in souk.json
opens the network the shop is in).`,
  positionals: [{ name: "SOURCE", summary: "folder, archive, photo or list" }],
  options: {
    product: {
      kind: "text",
      choices: productRules,
      value: "RULE",
      summary:
        "how a name tells the product: stem (p1.jpg), numbered (p1-2.jpg) or folder (p1/any.jpg)",
      fallback: "stem",
    },
    id: { kind: "text", value: "PRODUCT", summary: "whose photo it is, for one photo" },
    source: {
      kind: "text",
      value: "NAME",
      summary: "what column source says",
      fallback: "name of SOURCE",
    },
  },
  examples: [
    { line: "souk photos add ./photos", about: "each file named by its product's id" },
    { line: "souk photos add shoots.zip --product numbered", about: "p1-1.jpg, p1-2.jpg, …" },
    { line: "souk photos add list.csv", about: "columns product_id and url" },
  ],
  async run({ line, out, signal, souk }) {
    const { photos } = await souk();
    const rule = productRules.find((one) => one === line.text("product"));
    const productId = line.text("id");
    const sourceName = line.text("source");
    const progress = out.progress();
    try {
      const report = await photos.add(
        { kind: "path", path: resolve(line.positionals[0]!) },
        {
          ...(rule && { rule }),
          ...(productId !== undefined && { productId }),
          ...(sourceName !== undefined && { sourceName }),
          signal,
          onProgress: ({ photos: count, refused }) =>
            progress.update({
              label: "photos",
              note: `${formatCount(count)} taken, ${formatCount(refused)} refused`,
            }),
        },
      );
      progress.done();
      printReport(out, report);
      out.printJson(report);
    } finally {
      progress.done();
    }
  },
};

type Out = Parameters<NonNullable<Command["run"]>>[0]["out"];
type Report = Awaited<
  ReturnType<
    Awaited<ReturnType<Parameters<NonNullable<Command["run"]>>[0]["souk"]>>["photos"]["add"]
  >
>;

function printReport(out: Out, report: Report): void {
  const { style } = out;
  const { photos, products, repeated, refused, reasons, bad, version, skipped } = report;
  const count = `${formatCount(photos)} photos of ${formatCount(products)} products`;
  if (skipped) out.print(`${style.dim("=")} ${count} are in images already, nothing to do`);
  else if (version === undefined) out.print(`${style.yellow("!")} no photo was taken`);
  else out.print(`${style.green("✓")} ${count} into images version ${version}`);
  if (repeated > 0) out.print(`  ${formatCount(repeated)} given twice`);
  if (refused === 0) return;
  out.print(`  ${style.yellow("!")} ${formatCount(refused)} refused:`);
  for (const [code, times] of Object.entries(reasons))
    out.print(`    ${formatCount(times).padStart(8)}  ${code}`);
  out.print();
  out.printTable(
    [{ title: "photo" }, { title: "why", paint: (cell) => style.yellow(cell) }],
    bad.slice(0, SHOWN_BAD_PHOTOS).map(({ name, message }) => [name, message]),
  );
  const left = refused - SHOWN_BAD_PHOTOS;
  if (left > 0) out.print(style.dim(`… ${formatCount(left)} more with --json`));
}

/** `souk photos`. */
export const command: Command = {
  name: "photos",
  summary: "take photos of products into the shop",
  examples: [
    { line: "souk photos add ./photos", about: "each file named by its product's id" },
    { line: "souk photos add list.csv", about: "columns product_id and url" },
  ],
  actions: [add],
};
