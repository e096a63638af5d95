import { SoukError } from "@souk/core";
import type { Souk } from "@souk/server";
import type { Context } from "../command.ts";
import type { ProgressBar } from "../terminal/progress.ts";

/** A job as the application tells of it. */
export type Job = Awaited<ReturnType<Souk["jobs"]["get"]>>;

/**
 * Waits for a job to end, showing each of its events. Cancels it when the signal fires.
 * @param what names it in messages, such as "training". @param show draws an event.
 * @throws SoukError `JOB_CANCELLED`, or the code the job failed with.
 */
export async function followJob(
  context: Context,
  started: Job,
  {
    what,
    show,
  }: {
    what: string;
    show: (event: { kind: string; data: object }, progress: ProgressBar) => void;
  },
): Promise<Job> {
  const { signal, out, by } = context;
  const { jobs } = await context.souk();
  const progress = out.progress();
  const cancel = (): void => void jobs.cancel(started.id, { by }).catch(() => {});
  signal.addEventListener("abort", cancel, { once: true });
  try {
    for await (const event of jobs.events(started.id)) show(event, progress);
  } finally {
    progress.done();
    signal.removeEventListener("abort", cancel);
  }
  const job = await jobs.get(started.id);
  if (job.status === "finished") return job;
  if (job.status === "cancelled" || signal.aborted)
    throw new SoukError("JOB_CANCELLED", `the ${what} was cancelled`);
  const message = job.error?.message ?? `the ${what} ended as ${job.status}`;
  throw new SoukError(job.error?.code ?? "JOB_CRASHED", message);
}
