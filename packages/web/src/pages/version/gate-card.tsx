import { Button } from "@mantine/core";
import { type ReactElement, useState } from "react";
import { Card } from "../../parts/card.tsx";
import { formatTime } from "../../parts/format.ts";
import { Answer, Loading, StateOf } from "../../parts/state-of.tsx";
import { useApi, useMay } from "../../wire/hooks.ts";
import { GateRules } from "../deciding/gate-rules.tsx";
import layout from "../../parts/layout.module.css";
import { gateOfJob } from "../deciding/gate-of-job.ts";
import { type GateResult, lastGateOf, type LogEntry, type Version } from "../deciding/standing.ts";

/** What the gate said when the version was promoted, and what it says today. */
export function GateCard({
  version: { model, version },
  log,
}: {
  version: Version;
  log: readonly LogEntry[];
}): ReactElement {
  const [isAsked, setAsked] = useState(false);
  const isMine = useMay("models:write");
  const today = useApi(
    "checkGate",
    { params: { name: model, version } },
    { enabled: isAsked && isMine },
  );
  const kept = lastGateOf(log, version);
  const trained = useGateAtTraining(model, version);
  return (
    <Card
      title="Gate"
      actions={
        isMine &&
        !isAsked && (
          <Button size="compact-xs" variant="default" onClick={() => setAsked(true)}>
            Ask it now
          </Button>
        )
      }
    >
      {isAsked ? (
        <Answer query={today} loading={<Loading label="Measuring against the champion" />}>
          {(gate) => (
            <>
              <p className={layout["note"]}>
                {gate.passed ? "Today it lets the version through." : "Today it would refuse."}
              </p>
              <GateRules gate={gate} />
            </>
          )}
        </Answer>
      ) : kept?.gate ? (
        <>
          <p className={layout["note"]}>
            {kept.gate.passed ? "Passed" : kept.forced ? "Overruled" : "Failed"} at{" "}
            {formatTime(kept.at)}.
          </p>
          <GateRules gate={kept.gate} />
        </>
      ) : trained ? (
        <>
          <p className={layout["note"]}>
            {trained.passed
              ? "It passed when its training ended."
              : "It was refused when its training ended, and so does not serve."}
          </p>
          <GateRules gate={trained} />
        </>
      ) : (
        <StateOf
          kind="empty"
          icon="shield"
          title="It never went through the gate"
          text="The gate is asked before a version becomes champion: is it better than the plainest answer, and than what serves, on the same rows?"
        />
      )}
    </Card>
  );
}

/** What the gate said to the training that made a version, among the latest thousand jobs. */
function useGateAtTraining(model: string, version: number): GateResult | undefined {
  const jobs = useApi("listJobs", { query: { limit: 1000 } }, { enabled: useMay("jobs:read") });
  for (const job of jobs.data?.items ?? []) {
    const asked = gateOfJob(job);
    if (asked?.model === model && asked.version === version) return asked.gate;
  }
  return undefined;
}
