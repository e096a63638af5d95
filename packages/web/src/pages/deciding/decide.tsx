import { Button, Checkbox, Text, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import type { UseQueryResult } from "@tanstack/react-query";
import { type ReactElement, useState } from "react";
import { Confirm } from "../../parts/confirm.tsx";
import { Answer, Loading } from "../../parts/state-of.tsx";
import type { ApiError } from "../../wire/answers.ts";
import { useApi, useApiChange, useMay } from "../../wire/hooks.ts";
import { GateRules } from "./gate-rules.tsx";
import { CHAMPION, type GateResult } from "./standing.ts";

/** Answers that a decision changes. */
const touched = {
  touches: ["listModels", "getModel", "modelLog", "promotionLog", "servedAt", "checkGate"],
} as const;

/** Promotes a version, after the gate was asked and a reason given; by force where the gate says no. */
export function PromoteButton({
  model,
  version,
}: {
  model: string;
  version: number;
}): ReactElement | null {
  const [isAsking, setAsking] = useState(false);
  const [alias, setAlias] = useState(CHAMPION);
  const [isForced, setForced] = useState(false);
  const isMine = useMay("models:write");
  const params = { name: model, version };
  const isGated = alias === CHAMPION;
  const gate = useApi("checkGate", { params }, { enabled: isAsking && isGated });
  const promote = useApiChange("promoteVersion", touched);
  if (!isMine) return null;

  async function decide(reason: string): Promise<void> {
    const force = isGated && isForced && gate.data?.passed === false;
    await promote.mutateAsync({ params, body: { reason, alias, ...(force && { force }) } });
    notifications.show({ message: `${model} version ${version} is ${alias} now`, color: "souk" });
  }

  return (
    <>
      <Button size="xs" onClick={() => setAsking(true)}>
        Promote
      </Button>
      <Confirm
        opened={isAsking}
        onClose={() => {
          setAsking(false);
          setForced(false);
        }}
        onConfirm={decide}
        title={`Promote ${model} version ${version}?`}
        action="Promote"
        isDangerous={isForced && gate.data?.passed === false}
        reason="Why this version?"
      >
        <TextInput
          label="Alias"
          description="champion answers every request that names no version"
          value={alias}
          onChange={(event) => setAlias(event.currentTarget.value)}
          maxLength={128}
          required
          withAsterisk={false}
        />
        {isGated && <GateAnswer gate={gate} isForced={isForced} onForce={setForced} />}
      </Confirm>
    </>
  );
}

/** What the gate says, and the way past it. */
function GateAnswer({
  gate,
  isForced,
  onForce,
}: {
  gate: UseQueryResult<GateResult, ApiError>;
  isForced: boolean;
  onForce: (isForced: boolean) => void;
}): ReactElement {
  return (
    <Answer query={gate} loading={<Loading label="Measuring against the champion" />}>
      {(result) => (
        <div>
          <Text fw={600} fz="sm" mb={4}>
            {result.passed ? "The gate lets it through" : "The gate would not let it through"}
          </Text>
          <GateRules gate={result} />
          {!result.passed && (
            <Checkbox
              mt="sm"
              label="Promote it all the same; the log will say so"
              checked={isForced}
              onChange={(event) => onForce(event.currentTarget.checked)}
            />
          )}
        </div>
      )}
    </Answer>
  );
}

/** Lets the version before serve again. */
export function RollbackButton({
  model,
  version,
}: {
  model: string;
  /** What serves now. */
  version: number;
}): ReactElement | null {
  const [isAsking, setAsking] = useState(false);
  const isMine = useMay("models:write");
  const rollback = useApiChange("rollbackModel", touched);
  if (!isMine) return null;

  async function decide(reason: string): Promise<void> {
    const now = await rollback.mutateAsync({ params: { name: model }, body: { reason } });
    notifications.show({ message: `${model} version ${now.version} serves again`, color: "souk" });
  }

  return (
    <>
      <Button size="xs" variant="default" onClick={() => setAsking(true)}>
        Roll back
      </Button>
      <Confirm
        opened={isAsking}
        onClose={() => setAsking(false)}
        onConfirm={decide}
        title={`Roll ${model} back?`}
        action="Roll back"
        isDangerous
        reason="What went wrong?"
      >
        <Text fz="sm">
          Version {version} stops answering and the version that served before it takes over. No
          request fails meanwhile.
        </Text>
      </Confirm>
    </>
  );
}

const verdicts = {
  approve: { route: "approveVersion", action: "Approve", reason: "Why is it good enough?" },
  reject: { route: "rejectVersion", action: "Reject", reason: "What is wrong with it?" },
} as const;

/** Approves or rejects a version, with a reason. */
export function DecideButton({
  model,
  version,
  verdict,
}: {
  model: string;
  version: number;
  verdict: keyof typeof verdicts;
}): ReactElement | null {
  const { route, action, reason } = verdicts[verdict];
  const [isAsking, setAsking] = useState(false);
  const isMine = useMay("models:write");
  const change = useApiChange(route, touched);
  if (!isMine) return null;
  return (
    <>
      <Button size="xs" variant="default" onClick={() => setAsking(true)}>
        {action}
      </Button>
      <Confirm
        opened={isAsking}
        onClose={() => setAsking(false)}
        onConfirm={(why) =>
          change.mutateAsync({ params: { name: model, version }, body: { reason: why } })
        }
        title={`${action} ${model} version ${version}?`}
        action={action}
        isDangerous={verdict === "reject"}
        reason={reason}
      >
        {verdict === "reject" && (
          <Text fz="sm">A rejected version cannot be promoted until somebody approves it.</Text>
        )}
      </Confirm>
    </>
  );
}
