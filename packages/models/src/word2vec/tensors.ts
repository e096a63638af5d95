import { SoukError } from "@souk/core";
import type { Tensor } from "../artefact/tensors.ts";
import type { WordVectors } from "./word-vectors.ts";

/** Word vectors as named arrays of an artefact: `vectors` [words, dim], `counts` [words], `words` as UTF-8 lines. */
export function wordVectorsToTensors({
  words,
  counts,
  dim,
  vectors,
}: WordVectors): Record<"vectors" | "counts" | "words", Tensor> {
  const lines = Buffer.from(words.join("\n"), "utf8");
  return {
    vectors: { shape: [words.length, dim], data: vectors },
    counts: { shape: [words.length], data: counts },
    words: { shape: [lines.length], data: new Uint8Array(lines) },
  };
}

/** @throws SoukError `MODEL_WEIGHTS` when an array is missing, of another type, or they do not fit together. */
export function wordVectorsFromTensors(tensors: Readonly<Record<string, Tensor>>): WordVectors {
  const vectors = tensors["vectors"]?.data;
  const counts = tensors["counts"]?.data;
  const lines = tensors["words"]?.data;
  const [rows = 0, dim = 0] = tensors["vectors"]?.shape ?? [];
  if (
    !(vectors instanceof Float32Array) ||
    !(counts instanceof Float64Array) ||
    !(lines instanceof Uint8Array)
  )
    throw new SoukError(
      "MODEL_WEIGHTS",
      "word vectors: expected the arrays vectors (F32), counts (F64) and words (U8), got others",
    );
  const words = Buffer.from(lines).toString("utf8").split("\n");
  if (dim < 1 || vectors.length !== rows * dim || counts.length !== rows || words.length !== rows)
    throw new SoukError(
      "MODEL_WEIGHTS",
      `word vectors: expected ${rows} x ${dim} numbers, ${rows} counts and words, ` +
        `got ${vectors.length}, ${counts.length} and ${words.length}`,
    );
  return { words, counts, dim, vectors };
}
