import type { FamilyContext } from "./family.ts";

/** Reports how far a training is, with its rate and the time left. */
export function createProgress(
  onEvent: FamilyContext["onEvent"],
  { total, done: before = 0 }: { total: number; done?: number },
): (done: number) => void {
  const startedMs = performance.now();
  return (done) => {
    const elapsedMs = Math.max(1, performance.now() - startedMs);
    const ratePerSecond = ((done - before) * 1000) / elapsedMs;
    const etaMs = ratePerSecond > 0 ? ((total - done) * 1000) / ratePerSecond : 0;
    onEvent({ kind: "progress", done, total, ratePerSecond, etaMs });
  };
}
