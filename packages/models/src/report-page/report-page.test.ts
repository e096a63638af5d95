import assert from "node:assert/strict";
import { test } from "node:test";
import { createRng, wilsonInterval } from "@souk/core";
import type { ModelCard } from "../artefact/card.ts";
import { reportCurves } from "../evaluation/curves.ts";
import { type EvaluationReport, reportOf } from "../evaluation/report.ts";
import type { Scored } from "../evaluation/scored.ts";
import type { Task } from "../task/task.ts";
import { html, markupText } from "./html.ts";
import { parsePage } from "./parse-page.fixture.ts";
import { reportPage } from "./report-page.ts";

const rows = { train: 700, validation: 90, test: 300, dropped: 4 };

function taskOf(kind: "ordinal" | "class" | "number"): Task {
  return {
    name: "mood",
    title: "Mood of a note",
    dataset: "notes",
    inputs: [{ column: "text", kind: "text" }],
    target: { column: "mood", kind },
    split: { kind: "random", validation: 0.1, test: 0.3 },
    metric: kind === "number" ? "mae" : "accuracy",
    baseline: kind === "number" ? "mean" : "majority",
    slices: ["shop"],
    key: "id",
  };
}

/** Made-up scores of `n` rows over these labels (none: numbers), right more often than not. */
function madeUp(
  labels: readonly string[] | undefined,
  { n = rows.test, text = "a note" }: { n?: number; text?: string } = {},
): Scored {
  const rng = createRng("page");
  const k = labels?.length ?? 1;
  const targets = Float64Array.from({ length: n }, () =>
    labels === undefined ? rng.normal(500, 120) : rng.integer(k),
  );
  const scores = Float64Array.from({ length: n * k }, () => rng.normal());
  for (let row = 0; row < n; row++)
    if (labels === undefined) scores[row] = targets[row] + rng.normal(0, 60);
    else scores[row * k + targets[row]] += 2;
  const ids = Array.from({ length: n }, (_, row) => `id ${row}`);
  const columns = {
    id: ids,
    text: ids.map(() => text),
    shop: ids.map((_, row) => (row % 3 === 0 ? `north ${text}` : `south ${text}`)),
    mood: Array.from(targets, (target) => labels?.[target] ?? target),
  };
  return { batch: { length: n, columns }, scores, targets, labels };
}

function reportFor(task: Task, scored: Scored): EvaluationReport {
  const baseline = scored.scores.map(() => 0.25);
  const report = reportOf(task, scored, { family: "ngram", rows, temperature: 0.93, baseline });
  return { ...report, incumbent: { family: "linear", metrics: report.baseline.metrics } };
}

function cardOf(task: Task, changes: Partial<ModelCard> = {}): ModelCard {
  return {
    format: 1,
    task,
    family: "ngram",
    signature: { inputs: [], output: { name: "mood", kind: task.target.kind } },
    settings: { epochs: 5, lr: 0.25, note: "it's; rm -rf /" },
    seed: 7,
    metrics: {},
    data: { dataset: "notes", version: 12, hash: "9f2c" },
    createdAt: "2025-01-02T00:00:00.000Z",
    soukVersion: "0.1.0",
    temperature: 0.93,
    weights: { sizeBytes: 6_900_000, sha256: "ab12" },
    ...changes,
  };
}

/** Every number below `value`. */
function numbersIn(value: unknown): number[] {
  if (typeof value === "number") return [value];
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value).flatMap(numbersIn);
}

/** The number a reader would take from a figure, and half a unit of its last digit. */
function readFigure(text: string): { value: number; half: number } {
  const plain = text.replaceAll(",", "");
  const [mantissa, exponent = "0"] = plain.replace("\u{2212}", "-").split("e");
  const digits = mantissa.split(".")[1]?.length ?? 0;
  const scale = 10 ** Number(exponent);
  return { value: Number(mantissa) * scale, half: 0.5000001 * 10 ** -digits * scale };
}

for (const kind of ["ordinal", "number"] as const)
  test(`every number of a report of a ${kind} target is on its page, and no other`, () => {
    const task = taskOf(kind);
    const scored = madeUp(kind === "number" ? undefined : ["1", "2", "3", "4"]);
    const report = reportFor(task, scored);
    const curves = reportCurves(task, scored, report.slices);
    const { figures } = parsePage(reportPage(report, { card: cardOf(task), curves }));
    for (const { value, text } of figures) {
      const read = readFigure(text);
      assert.ok(Math.abs(read.value - value) <= read.half, `${text} is shown for ${value}`);
    }
    const shown = new Set(figures.map((figure) => figure.value));
    const { metric } = report.interval;
    const wanted = [
      ...numbersIn([report.metrics, report.baseline, report.incumbent, report.rows]),
      ...numbersIn([report.perClass, report.confusion, report.interval, curves.slices]),
      ...numbersIn(report.calibration?.ece),
      ...report.worst.map((error) => error.loss),
      ...Object.values(report.slices)
        .flat()
        .flatMap((slice) => [slice.rows, slice.metrics[metric]]),
      ...(report.calibration?.bins ?? []).flatMap((bin) => [bin.from, bin.to, bin.count]),
    ];
    assert.ok(wanted.length > 40);
    assert.deepEqual(
      wanted.filter((value) => !shown.has(value)),
      [],
    );
    const answers = report.worst.flatMap((error) => [
      Number(error.actual),
      Number(error.predicted),
    ]);
    const known = new Set([...numbersIn(report), ...numbersIn(curves), ...answers, 7, 12]);
    assert.deepEqual(
      [...shown].filter((value) => !known.has(value)),
      [],
    );
  });

test("without scores a slice's accuracy has Wilson's interval, and what needs scores is left out", () => {
  const task = taskOf("class");
  const report = reportFor(task, madeUp(["glad", "sad"]));
  const { figures, elements } = parsePage(reportPage(report));
  const [slice] = report.slices["shop"];
  const hits = Math.round(slice.metrics["accuracy"] * slice.rows);
  const shown = new Set(figures.map((figure) => figure.value));
  assert.ok(shown.has(wilsonInterval(hits, slice.rows).low));
  const ids = elements.map((element) => element.attributes["id"]).filter((id) => id !== undefined);
  assert.deepEqual(ids, [
    "verdict",
    "figures",
    "confusion",
    "labels",
    "reliability",
    "slices",
    "worst",
    "origin",
  ]);
});

for (const k of [2, 13, 30, 31, 143, 1000])
  test(`a page of ${k} labels is well formed and below 2 MB`, () => {
    const labels = Array.from({ length: k }, (_, i) => `label ${i}`);
    const task = { ...taskOf("class"), ...(k < 1000 ? {} : { slices: [] }) };
    const scored = madeUp(labels, { n: k + 100 });
    const report = reportFor(task, scored);
    const page = reportPage(report, {
      card: cardOf(task),
      curves: reportCurves(task, scored, report.slices),
    });
    const { elements, text } = parsePage(page);
    const hasMatrix = elements.some((one) => (one.attributes["class"] ?? "").startsWith("heat"));
    assert.equal(hasMatrix, k <= 30);
    assert.equal(text.includes("Commonest confusions"), k > 5);
    assert.ok(page.length < 2e6, `${page.length} characters`);
  });

const payloads = [
  "<script>alert(1)</script>",
  "</script><script>alert(1)</script>",
  "</title><script>alert(1)</script>",
  "</style><script>alert(1)</script>",
  "</svg><script>alert(1)</script>",
  "<img src=x onerror=alert(1)>",
  '"><img src=x onerror=alert(1)>',
  "'><img src=x onerror=alert(1)>",
  '" onmouseover="alert(1)',
  "' onfocus='alert(1)' autofocus='",
  "` onload=`alert(1)",
  "<svg onload=alert(1)>",
  "<svg><animate onbegin=alert(1) attributeName=x dur=1s>",
  "<svg><script>alert&#40;1)</script></svg>",
  "<a href=javascript:alert(1)>x</a>",
  '<a href="jav&#x09;ascript:alert(1)">x</a>',
  "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
  "<object data=javascript:alert(1)></object>",
  "<embed src=javascript:alert(1)>",
  "<base href=javascript:alert(1)//>",
  "<meta http-equiv=refresh content=0;url=javascript:alert(1)>",
  "<link rel=stylesheet href=javascript:alert(1)>",
  "<style>*{background:url(javascript:alert(1))}</style>",
  "<details open ontoggle=alert(1)>",
  "<math><mtext></mtext><mglyph><style><img src onerror=alert(1)></style></math>",
  "<!--><img src=x onerror=alert(1)>-->",
  "<![CDATA[<script>alert(1)</script>]]>",
  "&lt;script&gt;alert(1)&lt;/script&gt;",
  "${alert(1)} {{alert(1)}} <%= alert(1) %>",
  "\u{0}<scr\u{0}ipt>alert(1)</scr\u{0}ipt>\u{202E}\u{D800}",
];

test("every payload comes back whole from an attribute in double quotes", () => {
  for (const payload of payloads.filter((one) => !one.includes("\u{0}"))) {
    const { elements } = parsePage(markupText(html`<p class="${payload}">${payload}</p>`));
    assert.deepEqual(elements, [{ name: "p", attributes: { class: payload } }]);
  }
});

for (const payload of payloads)
  test(`nothing runs from a text like ${JSON.stringify(payload)}`, () => {
    const labels = [payload, `${payload} too`, "plain"];
    const task: Task = { ...taskOf("class"), name: payload, title: payload, dataset: payload };
    const scored = madeUp(labels, { text: payload });
    const columns = { ...scored.batch.columns, [payload]: scored.batch.columns["shop"] };
    const hostile = { ...scored, batch: { ...scored.batch, columns } };
    const report = { ...reportFor({ ...task, slices: [payload] }, hostile), family: payload };
    const card = cardOf(task, {
      family: payload,
      settings: { [payload]: payload },
      data: { dataset: payload, version: 1, hash: payload },
      createdAt: payload,
    });
    const curves = reportCurves(task, hostile, report.slices);
    const page = reportPage(report, { card, curves, thumbnails: {} });
    const { elements, text } = parsePage(page);
    const names = new Set(elements.map((element) => element.name));
    for (const name of ["script", "iframe", "object", "embed", "base", "link", "img", "a", "math"])
      assert.ok(!names.has(name), `an element ${name}`);
    for (const { name, attributes } of elements)
      for (const [attribute, value] of Object.entries(attributes)) {
        assert.doesNotMatch(attribute, /^on|^srcdoc$|^href$|^src$|^formaction$/i, name);
        assert.ok(
          attribute === "aria-label" || !/javascript:/i.test(value),
          `${attribute}=${value}`,
        );
      }
    assert.equal(elements.filter((element) => element.name === "title").length, 1 + 3);
    assert.ok(text.includes(payload.toWellFormed().replaceAll("\u{0}", "\u{FFFD}")));
  });

test("a parsed report with objects in place of texts cannot smuggle in markup", () => {
  const task = taskOf("class");
  const report = reportFor(task, madeUp(["glad", "sad"]));
  const forged = JSON.parse(
    JSON.stringify({ ...report, family: { markup: "<script>1</script>", html: "<script>" } }),
  );
  const { elements } = parsePage(reportPage(forged));
  assert.ok(!elements.some((element) => element.name === "script"));
});

test("thumbnails are drawn for the rows they name; only small raster data URLs are taken", () => {
  const task = taskOf("class");
  const report = reportFor(task, madeUp(["glad", "sad"]));
  const photo = "ab".repeat(32);
  const [first, ...others] = report.worst;
  const shown = { ...report, worst: [{ ...first, photo }, ...others] };
  const page = (url: string): string => reportPage(shown, { thumbnails: { [photo]: url } });
  const { elements } = parsePage(page("data:image/png;base64,iVBORw0KGgo="));
  const images = elements.filter((element) => element.name === "img");
  assert.deepEqual(
    images.map((image) => image.attributes["src"]),
    ["data:image/png;base64,iVBORw0KGgo="],
  );
  for (const url of [
    "data:image/svg+xml;base64,PHN2Zz4=",
    "data:text/html;base64,PHN2Zz4=",
    "https://example.com/a.png",
    "javascript:alert(1)",
    'data:image/png;base64,AA==" onerror="alert(1)',
    `data:image/png;base64,${"A".repeat(200_000)}`,
  ])
    assert.throws(() => page(url), { code: "REPORT_THUMBNAIL" });
});

test("the command to train again quotes what a shell would read", () => {
  const task = taskOf("class");
  const report = reportFor(task, madeUp(["glad", "sad"]));
  const { text } = parsePage(reportPage(report, { card: cardOf(task) }));
  assert.ok(
    text.includes(
      "souk train mood --family ngram --seed 7 --at 12 --set epochs=5 --set lr=0.25 --set 'note=it'\\''s; rm -rf /'",
    ),
  );
});
