/** The figures of one training in a file that TensorBoard opens, also while it grows. */
import type { Clock } from "@souk/core";
import { openEventFile } from "@souk/tensor";
import type { TrainEvent } from "../families/family.ts";
import { reportVerdict } from "../report-page/report-verdict.ts";
import type { EvaluationReport } from "../evaluation/report.ts";
import type { ForecastReport } from "../forecast/forecast-report.ts";

/** Writes while a training goes on; its owner ends it. */
export interface TrainingEvents {
  /** Keeps what happens; only figures are points of a curve. */
  readonly see: (event: TrainEvent) => void;
  /** Adds the figures of the test rows, of the model and of the baseline, and the verdict in words. */
  readonly conclude: (report: EvaluationReport | ForecastReport) => void;
  /** @throws SoukError `EVENT_FILE_WRITE` when it was not all written. */
  readonly close: () => Promise<void>;
}

//   training/NAME     each figure a family announces, by rows trained
//   test/NAME         at the last of these steps
//   baseline/NAME     beside it
//   verdict           in words

/**
 * A new event file in `directory`.
 * @throws SoukError `EVENT_FILE_WRITE` when it cannot be made.
 */
export async function recordEvents(
  directory: string,
  { clock }: { clock: Clock },
): Promise<TrainingEvents> {
  const file = await openEventFile(directory, { clock });
  let last = 0;
  return {
    see(event) {
      if (event.kind !== "metrics") return;
      last = Math.max(last, event.step);
      for (const [name, value] of Object.entries(event.values))
        file.scalar(`training/${name}`, value, event.step);
    },
    conclude(report) {
      for (const [name, value] of Object.entries(report.metrics))
        file.scalar(`test/${name}`, value, last);
      for (const [name, value] of Object.entries(report.baseline.metrics))
        file.scalar(`baseline/${name}`, value, last);
      const verdict = "verdict" in report ? [report.verdict] : reportVerdict(report);
      file.text("verdict", verdict.join("\n\n"), last);
    },
    close: () => file.close(),
  };
}
