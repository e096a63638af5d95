import { Button, Group } from "@mantine/core";
import { type ReactElement, useState } from "react";
import { Card } from "../../parts/card.tsx";
import { Icon } from "../../parts/icon.tsx";
import { Answer, Loading, StateOf } from "../../parts/state-of.tsx";
import { useApi } from "../../wire/hooks.ts";
import styles from "./quality.module.css";
import { useChecks } from "./use-checks.ts";
import { type Check, checkId, checkWords } from "./words.ts";

const SHOWN = 8;

/** What the data of today would satisfy: each can become a check. */
export function Suggestions({ dataset }: { dataset: string }): ReactElement {
  const query = useApi("suggestChecks", { params: { name: dataset } });
  const { query: kept, change, isBusy } = useChecks(dataset);
  const known = new Set((kept.data?.items ?? []).map(checkId));
  const open = (query.data?.items ?? [])
    .filter((check) => !known.has(checkId(check)))
    .toSorted((a, b) => placeOf(a) - placeOf(b));
  return (
    <Card
      title="Suggestions"
      actions={
        change &&
        open.length > 0 && (
          <Button
            size="xs"
            variant="default"
            disabled={isBusy}
            onClick={() => void change((checks) => withNew(checks, open))}
          >
            Accept all {open.length}
          </Button>
        )
      }
    >
      <Answer query={query} loading={<Loading label="The data is being looked at" />}>
        {() =>
          open.length === 0 ? (
            <StateOf
              kind="empty"
              icon="check"
              title="Nothing more to suggest"
              text="All that the data suggests is checked already."
            />
          ) : (
            <Open
              checks={open}
              isBusy={isBusy}
              {...(change && {
                onAccept: (check: Check) => void change((checks) => withNew(checks, [check])),
              })}
            />
          )
        }
      </Answer>
    </Card>
  );
}

function Open({
  checks,
  isBusy,
  onAccept,
}: {
  checks: readonly Check[];
  isBusy: boolean;
  onAccept?: (check: Check) => void;
}): ReactElement {
  const [isWhole, setWhole] = useState(false);
  return (
    <>
      <ul className={styles["suggestions"]}>
        {checks.slice(0, isWhole ? undefined : SHOWN).map((check) => (
          <li key={checkId(check)}>
            <span className={styles["words"]}>{checkWords(check)}</span>
            {onAccept && (
              <Button
                size="compact-xs"
                variant="light"
                disabled={isBusy}
                leftSection={<Icon name="plus" size={13} />}
                aria-label={`Accept: ${checkWords(check)}`}
                onClick={() => onAccept(check)}
              >
                Accept
              </Button>
            )}
          </li>
        ))}
      </ul>
      {checks.length > SHOWN && (
        <Group mt="sm">
          <Button size="xs" variant="subtle" color="gray" onClick={() => setWhole(!isWhole)}>
            {isWhole ? "Show fewer" : `Show all ${checks.length}`}
          </Button>
        </Group>
      )}
    </>
  );
}

/** What says most about the data comes first: that a column is text says least. */
const order = ["rowCount", "unique", "range", "inSet", "regex", "complete"];

function placeOf({ kind }: Check): number {
  const place = order.indexOf(kind);
  return place < 0 ? order.length : place;
}

function withNew(checks: readonly Check[], added: readonly Check[]): readonly Check[] {
  const known = new Set(checks.map(checkId));
  return [...checks, ...added.filter((check) => !known.has(checkId(check)))];
}
