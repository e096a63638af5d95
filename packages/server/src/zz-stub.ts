import { SoukError } from "@souk/core";
import { openStore, openBlobs } from "@souk/store";
import { openTracking, createMlflowApi } from "@souk/tracking";
import { openAudit } from "./accounts/audit.ts";
import { openAccounts } from "./accounts/open-accounts.ts";
export async function openSouk({
  dataDirectory: dir,
  clock = { now: () => Date.now() },
}: any): Promise<any> {
  const store = await openStore({ path: dir + "/s.sqlite" });
  const blobs = await openBlobs({ directory: dir + "/blobs" });
  const audit = await openAudit({ store, clock });
  const accounts = await openAccounts({ store, keysDirectory: dir + "/keys", clock });
  const tracking = await openTracking({ store, blobs, clock });
  const mlflow = createMlflowApi(tracking);
  const noun: any = new Proxy(
    {},
    {
      get:
        (_t, k) =>
        async (..._a: unknown[]) => {
          throw new SoukError("NOUN_UNKNOWN", "no " + String(k));
        },
    },
  );
  const serving = {
    health: () => ({ ready: true, reasons: [] }),
    models: () => [],
    card: noun.card,
    predict: noun.predict,
    stats: async () => ({}),
    predictionsOf: async () => ({ items: [] }),
    prediction: noun.x,
    outcome: noun.x,
    async *predictFile() {
      throw new SoukError("NOUN_UNKNOWN", "no");
    },
  };
  return {
    version: "0",
    clock,
    config: {},
    accounts,
    audit,
    datasets: {
      list: async () => [],
      describe: noun.x,
      dryRun: noun.x,
      quarantine: noun.x,
      replay: noun.x,
      undo: noun.x,
      compact: noun.x,
      vacuum: noun.x,
      profile: noun.x,
      drift: noun.x,
      ingest: async (n: string, s: any) => {
        let b = 0;
        for await (const c of s.stream) b += c.length;
        throw new SoukError("DS_UNKNOWN", n);
      },
    },
    checks: noun,
    sql: noun,
    questions: { ...noun, list: () => [], run: noun.x, chart: noun.x },
    tasks: { list: () => [] },
    jobs: noun,
    runs: noun,
    models: noun,
    serving,
    mlflow: { handle: (r: any) => mlflow.handle(r) },
    events: { subscribe: () => () => {} },
    operations: noun,
    close: () => store.close(),
  };
}
