import type { RunningShop } from "./running-shop.ts";

/** A run that another program logs, by the routes MLflow's clients use. */
export interface LoggedRun {
  readonly id: string;
  readonly log: (step: number, values: Readonly<Record<string, number>>) => Promise<void>;
  readonly end: () => Promise<void>;
}

/** Begins one; `token` is one that may write runs. */
export async function logRun(
  { url }: Pick<RunningShop, "url">,
  { token, name, params = {} }: { token: string; name: string; params?: Record<string, string> },
): Promise<LoggedRun> {
  async function post(path: string, body: object): Promise<unknown> {
    const response = await fetch(`${url}/api/2.0/mlflow/${path}`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${path} answered ${await response.text()}`);
    return response.json();
  }
  const created = await post("runs/create", { experiment_id: "0", run_name: name });
  const id = /"run_id":"([^"]+)"/.exec(JSON.stringify(created))?.[1] ?? "";
  const pairs = Object.entries(params).map(([key, value]) => ({ key, value }));
  await post("runs/log-batch", { run_id: id, params: pairs });
  return {
    id,
    async log(step, values) {
      const timestamp = 1_700_000_000_000 + step;
      const metrics = Object.entries(values).map(([key, value]) => ({
        key,
        value,
        step,
        timestamp,
      }));
      await post("runs/log-batch", { run_id: id, metrics });
    },
    async end() {
      await post("runs/update", { run_id: id, status: "FINISHED" });
    },
  };
}
