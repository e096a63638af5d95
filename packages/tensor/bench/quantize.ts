/**
 * int8 against float32: all-MiniLM-L6-v2 (scripts/peers/minilm.sh; BERT-mini with seeded weights without it), batches of
 * 1 and 8 sequences of 128 tokens, all cores. Rounds are interleaved, medians are reported, beside the bytes of the model
 * and how far the embeddings moved. SOUK_BENCH_RUNS sets the runs of a round (10).
 */
import { availableParallelism } from "node:os";
import { performance } from "node:perf_hooks";
import { quantile } from "@souk/core";
import {
  compareModels,
  openSession,
  quantizeDynamic,
  type Session,
  type Tensors,
} from "../src/index.ts";
import type { OnnxModel } from "../src/onnx/model.ts";
import { writeOnnx } from "../src/onnx/write.ts";
import { bertMini, miniLm, tokens } from "./running/models.ts";

interface BenchResult {
  readonly name: string;
  readonly ratio: number;
  readonly goal: number;
  readonly peer: string;
  readonly figures: Readonly<Record<string, unknown>>;
}

const rounds = 5;
const runs = Number(process.env["SOUK_BENCH_RUNS"] ?? 10);
const threads = availableParallelism();
const sentences = [
  "Great product, works as advertised.",
  "The case broke after two days and nobody answers my mails.",
  "A red cotton dress for summer, size M.",
  "Wireless headphones with noise cancelling and 30 hours of battery.",
  "Does not install on my computer. I want my money back!",
  "Fresh organic bananas, one bunch.",
];

/** Measures both forms of the model. */
export async function run(): Promise<BenchResult> {
  const real = await miniLm();
  const model = real?.model ?? bertMini();
  const { model: int8, report } = quantizeDynamic(model);
  const small = quantizeDynamic(model, { embeddings: true });
  const one = await contest(model, int8, tokens(1, 128, 8000));
  const eight = await contest(model, int8, tokens(8, 128, 8000));
  const batches = real
    ? sentences.map((text): Tensors => ({ ...real.tokenizer.encodeBatch([text]) }))
    : [tokens(8, 32, 8000)];
  return {
    name: "quantize",
    ratio: one.float32Ms / one.int8Ms,
    goal: 1.5,
    peer: "the same model in float32",
    figures: {
      model: real ? "all-MiniLM-L6-v2" : "BERT-mini, seeded weights",
      threads,
      milliseconds: { batch1: one, batch8: eight },
      bytes: {
        float32: report.bytesBefore,
        int8: report.bytesAfter,
        int8WithEmbeddings: small.report.bytesAfter,
      },
      nodes: { quantized: report.quantized.length, kept: report.kept.length },
      difference: {
        int8: await compareModels(model, int8, batches),
        int8WithEmbeddings: await compareModels(model, small.model, batches),
      },
    },
  };
}

async function contest(model: OnnxModel, int8: OnnxModel, inputs: Tensors) {
  const first = await openSession(writeOnnx(model), { threads });
  const second = await openSession(writeOnnx(int8), { threads });
  try {
    const times = { float32: [] as number[], int8: [] as number[] };
    for (let round = 0; round <= rounds; round++) {
      times.float32.push(await millisecondsOf(first, inputs));
      times.int8.push(await millisecondsOf(second, inputs));
    }
    return { float32Ms: middle(times.float32), int8Ms: middle(times.int8) };
  } finally {
    await first.close();
    await second.close();
  }
}

async function millisecondsOf(session: Session, inputs: Tensors): Promise<number> {
  const startMs = performance.now();
  for (let count = 0; count < runs; count++) await session.run(inputs);
  return (performance.now() - startMs) / runs;
}

/** The median without the first round, in which buffers are made. */
function middle(times: readonly number[]): number {
  return Number(quantile(times.slice(1), 0.5).toFixed(3));
}
