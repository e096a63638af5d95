import type { Client, RouteBody } from "@souk/api";

const POLL_MS = 100;

/** Settings of `fused` that tell drawn kettles from drawn lamps after two seconds of training. */
export const quickFused = {
  fusion: "weights",
  textFamily: "ngram",
  backbone: "cnn",
  size: 16,
  augment: 0,
  epochs: 6,
};

/** Trains a task through the API to its end and makes what it learnt the champion, gate or not. */
export async function learn(admin: Client, request: RouteBody<"startTraining">): Promise<void> {
  const { id } = await admin.startTraining({ body: { seed: 1, promote: false, ...request } });
  await jobEnded(admin, id);
  const model = await admin.getModel({ params: { name: request.task } });
  const version = Math.max(...model.versions.map((one) => one.version));
  await admin.promoteVersion({
    params: { name: request.task, version },
    body: { reason: "The first model of this task", force: true },
  });
}

/** Waits for a job to finish. @throws Error with the job's own when it fails. */
export async function jobEnded(admin: Client, id: string): Promise<void> {
  for (;;) {
    const { status, kind, error } = await admin.getJob({ params: { id } });
    if (status === "finished") return;
    if (status !== "queued" && status !== "running")
      throw new Error(`${kind} ${id} ${status}: ${error?.code ?? ""} ${error?.message ?? ""}`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
