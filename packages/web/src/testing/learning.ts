import type { Client, RouteBody } from "@souk/api";

const POLL_MS = 100;

/** Trains a task through the API to its end and makes what it learnt the champion, gate or not. */
export async function learn(admin: Client, request: RouteBody<"startTraining">): Promise<void> {
  const { id } = await admin.startTraining({ body: { seed: 1, promote: false, ...request } });
  for (;;) {
    const { status, error } = await admin.getJob({ params: { id } });
    if (status === "finished") break;
    if (status !== "running" && status !== "queued")
      throw new Error(`${request.task}: ${error?.code ?? status} ${error?.message ?? ""}`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  const model = await admin.getModel({ params: { name: request.task } });
  const version = Math.max(...model.versions.map((one) => one.version));
  await admin.promoteVersion({
    params: { name: request.task, version },
    body: { reason: "a test needs a champion", force: true },
  });
}
