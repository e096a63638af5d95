import { ActionIcon, SegmentedControl, Text } from "@mantine/core";
import type { ReactElement } from "react";
import { Card } from "../../parts/card.tsx";
import { formatTime } from "../../parts/format.ts";
import { Icon } from "../../parts/icon.tsx";
import { Answer, StateOf } from "../../parts/state-of.tsx";
import styles from "./quality.module.css";
import { useChecks } from "./use-checks.ts";
import { type Check, checkId, checkWords, type Outcome, stripOf } from "./words.ts";

/** The checks of a dataset: what each asks for, how it went lately, and how serious it is. */
export function Checks({
  dataset,
  history,
}: {
  dataset: string;
  history: readonly Outcome[];
}): ReactElement {
  const { query, change, isBusy } = useChecks(dataset);
  return (
    <Card title="Checks">
      <Answer query={query}>
        {({ items }) => (
          <Kept kept={items} history={history} isBusy={isBusy} {...(change && { change })} />
        )}
      </Answer>
    </Card>
  );
}

function Kept({
  kept,
  history,
  isBusy,
  change,
}: {
  kept: readonly Check[];
  history: readonly Outcome[];
  isBusy: boolean;
  change?: Change;
}): ReactElement {
  const shown = kept.length > 0 ? kept : (history[0]?.results.map(({ check }) => check) ?? []);
  if (shown.length === 0)
    return (
      <StateOf
        kind="empty"
        icon="shield"
        title="No check is kept yet"
        text="Accept some of the suggestions below, or run now: then what is suggested is looked at."
      />
    );
  return (
    <>
      {kept.length === 0 && (
        <Text c="dimmed" mb="sm">
          No check is kept yet: these were suggested by the data when they ran. Accept the ones that
          are meant.
        </Text>
      )}
      <ul className={styles["checks"]}>
        {shown.map((check) => (
          <Line
            key={checkId(check)}
            check={check}
            history={history}
            isBusy={isBusy}
            {...(kept.length > 0 && change && { change })}
          />
        ))}
      </ul>
    </>
  );
}

type Change = NonNullable<ReturnType<typeof useChecks>["change"]>;

function Line({
  check,
  history,
  isBusy,
  change,
}: {
  check: Check;
  history: readonly Outcome[];
  isBusy: boolean;
  change?: Change;
}): ReactElement {
  const words = checkWords(check);
  const strip = stripOf(check, history);
  const last = strip.findLast(({ result }) => result)?.result;
  const severity = check.severity ?? "error";
  return (
    <li data-state={last ? (last.passed ? "passed" : severity) : "unknown"}>
      <span className={styles["state"]}>
        <Icon
          name={!last ? "minus" : last.passed ? "check" : "warning"}
          size={16}
          label={!last ? "not run" : last.passed ? "passed" : "failed"}
        />
      </span>
      <span className={styles["what"]}>
        <span className={styles["words"]}>{words}</span>
        {last && <span className={styles["observed"]}>{last.observed}</span>}
      </span>
      <Strip strip={strip} words={words} />
      {change ? (
        <Tools check={check} isBusy={isBusy} change={change} />
      ) : (
        <span className={styles["severity"]}>{severity}</span>
      )}
    </li>
  );
}

function Tools({
  check,
  isBusy,
  change,
}: {
  check: Check;
  isBusy: boolean;
  change: Change;
}): ReactElement {
  const id = checkId(check);
  const words = checkWords(check);
  return (
    <span className={styles["tools"]}>
      <SegmentedControl
        size="xs"
        aria-label={`Severity of: ${words}`}
        data={["error", "warning"]}
        value={check.severity ?? "error"}
        disabled={isBusy}
        onChange={(value) =>
          void change((checks) =>
            checks.map((one) =>
              checkId(one) === id
                ? { ...one, severity: value === "error" ? "error" : "warning" }
                : one,
            ),
          )
        }
      />
      <ActionIcon
        variant="subtle"
        color="gray"
        aria-label={`Remove: ${words}`}
        disabled={isBusy}
        onClick={() => void change((checks) => checks.filter((one) => checkId(one) !== id))}
      >
        <Icon name="trash" size={15} />
      </ActionIcon>
    </span>
  );
}

function Strip({
  strip,
  words,
}: {
  strip: ReturnType<typeof stripOf>;
  words: string;
}): ReactElement {
  const failed = strip.filter(({ result }) => result && !result.passed).length;
  const asked = strip.filter(({ result }) => result).length;
  return (
    <span
      className={styles["strip"]}
      role="img"
      aria-label={`${words}: failed in ${failed} of the last ${asked} runs`}
    >
      {strip.map(({ at, version, result }) => (
        <span
          key={`${at} ${version}`}
          data-passed={result ? result.passed : undefined}
          title={`${formatTime(at)}, version ${version}: ${result ? result.observed : "not asked"}`}
        />
      ))}
    </span>
  );
}
