/** How the learning rate changes: factors by which the job's learning rate is multiplied at each step. */
import { SoukError } from "@souk/core";

/** The factor of the learning rate at `step`, counted from 1. */
export type Schedule = (step: number) => number;

/** Always 1. */
export function constant(): Schedule {
  return () => 1;
}

/**
 * Times `factor` after every `every` steps. As torch.optim.lr_scheduler.StepLR.
 *
 * @throws SoukError `SCHEDULE_STEPS` when `every` is not a positive integer.
 */
export function stepDecay({ every, factor = 0.1 }: { every: number; factor?: number }): Schedule {
  checkSteps("every", every);
  return (step) => factor ** Math.floor((step - 1) / every);
}

/**
 * Half a cosine from 1 down to `end` over `steps`, then `end`. As torch.optim.lr_scheduler.CosineAnnealingLR.
 *
 * @throws SoukError `SCHEDULE_STEPS` when `steps` is not a positive integer.
 * Source: Loshchilov and Hutter, "SGDR: Stochastic Gradient Descent with Warm Restarts", ICLR 2017.
 */
export function cosine({ steps, end = 0 }: { steps: number; end?: number }): Schedule {
  checkSteps("steps", steps);
  return (step) => end + (1 - end) * 0.5 * (1 + Math.cos(Math.PI * share(step, steps)));
}

/**
 * From 1 down to `end` over `steps` as (1 - t / steps)^power, then `end`; power 1 is a straight line.
 * As torch.optim.lr_scheduler.PolynomialLR when `end` is 0.
 *
 * @throws SoukError `SCHEDULE_STEPS` when `steps` is not a positive integer.
 */
export function polynomial({
  steps,
  power = 1,
  end = 0,
}: {
  steps: number;
  power?: number;
  end?: number;
}): Schedule {
  checkSteps("steps", steps);
  return (step) => end + (1 - end) * (1 - share(step, steps)) ** power;
}

/**
 * A straight line up to 1, reached at step `steps`, then another schedule counted from its own step 1.
 *
 * @throws SoukError `SCHEDULE_STEPS` when `steps` is not a positive integer.
 */
export function linearWarmUp(steps: number, then: Schedule = constant()): Schedule {
  checkSteps("steps", steps);
  return (step) => (step <= steps ? step / steps : then(step - steps));
}

/** How much of `steps` lies behind the beginning of `step`, at most 1. */
function share(step: number, steps: number): number {
  return Math.min(1, (step - 1) / steps);
}

function checkSteps(name: string, steps: number): void {
  if (Number.isInteger(steps) && steps > 0) return;
  throw new SoukError("SCHEDULE_STEPS", `${name} must be a positive integer, got ${steps}`);
}
