import { canonicalJson } from "@souk/core";
import { createSqlRunner, type SqlLimits, type SqlRunner } from "@souk/lake";
import { sqlFunctionsModule } from "@souk/serving";

/** What the runner stands on. */
export interface PredictingRunnerOptions {
  /** The lake directory. */
  readonly lake: string;
  readonly limits: Partial<SqlLimits>;
  readonly processes: number;
  /** Changes whenever an alias may have moved. Asked before every statement: it must be cheap. */
  readonly stamp: () => Promise<string | number>;
  /** Folder of the artefact each model's champion has now, by model name. */
  readonly champions: () => Promise<Readonly<Record<string, string>>>;
  /** Folder of the photo store. */
  readonly images: string;
}

interface Generation {
  readonly runner: SqlRunner;
  /** The champions its `predict()` knows, as canonical JSON. */
  readonly champions: string;
  underWay: number;
  retired: boolean;
}

/**
 * A SQL runner whose `predict(model, text)` answers with the champions of the moment: when one moves, the next statement
 * gets fresh processes and the old ones end after their last statement.
 */
export function createPredictingRunner(options: PredictingRunnerOptions): SqlRunner {
  let stamp: string | number | undefined;
  let generation: Promise<Generation> | undefined;

  async function start(): Promise<Generation> {
    const models = await options.champions();
    const { lake, limits, processes } = options;
    const functions = { module: sqlFunctionsModule, options: { models, images: options.images } };
    const runner = createSqlRunner({ lake, limits, processes, functions });
    return { runner, champions: canonicalJson(models), underWay: 0, retired: false };
  }

  async function current(): Promise<Generation> {
    const now = await options.stamp();
    if (generation && now === stamp) return generation;
    stamp = now;
    const before = await generation;
    if (before && before.champions === canonicalJson(await options.champions())) return before;
    generation = start();
    if (before) {
      before.retired = true;
      if (before.underWay === 0) await before.runner.close();
    }
    return generation;
  }

  // One at a time, so that a generation cannot be retired between being chosen and being counted.
  let turns: Promise<unknown> = Promise.resolve();
  function lease(): Promise<Generation> {
    const leased = turns.then(async () => {
      const used = await current();
      used.underWay++;
      return used;
    });
    turns = leased.catch(() => undefined);
    return leased;
  }

  return {
    async run(sql, runOptions) {
      const used = await lease();
      try {
        return await used.runner.run(sql, runOptions);
      } finally {
        used.underWay--;
        if (used.retired && used.underWay === 0) await used.runner.close();
      }
    },
    async close() {
      await turns;
      const last = await generation;
      generation = undefined;
      await last?.runner.close();
    },
  };
}
