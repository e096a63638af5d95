import { Button } from "@mantine/core";
import type { ReactElement } from "react";
import { formatAgo, formatTime } from "../../parts/format.ts";
import { Icon, type IconName } from "../../parts/icon.tsx";
import styles from "./dataset.module.css";
import { type Commit, commitWords, type Detail } from "./words.ts";

const SHOWN = 200;

/** The history of a dataset, to take away. */
export const versionColumns = [
  { id: "version", value: ({ version }: Commit) => version },
  { id: "at", value: ({ timestampMs }: Commit) => new Date(timestampMs).toISOString() },
  { id: "what", value: (commit: Commit) => commitWords(commit) },
];

const iconOf: Readonly<Record<string, IconName>> = {
  WRITE: "plus",
  MERGE: "refresh",
  OPTIMIZE: "box",
  UNDO: "undo",
};

/** What happened to a dataset, newest first; every version can still be looked at. */
export function Versions({
  detail: { name, history, version: newest },
  shown,
  nowMs,
  onVersion,
}: {
  detail: Detail;
  shown: number;
  nowMs: number;
  onVersion: (version: string) => void;
}): ReactElement {
  const commits = history.toReversed();
  return (
    <section className={styles["panel"]} aria-label={`Versions of ${name}`}>
      <ol className={styles["commits"]}>
        {commits.slice(0, SHOWN).map((commit) => (
          <Version
            key={commit.version}
            commit={commit}
            nowMs={nowMs}
            isShown={commit.version === shown}
            onShow={() => onVersion(commit.version === newest ? "" : String(commit.version))}
          />
        ))}
      </ol>
      {commits.length > SHOWN && (
        <p className={styles["sentence"]}>
          Versions before {commits[SHOWN - 1]?.version} are reached by the address: ?version=1
        </p>
      )}
    </section>
  );
}

function Version({
  commit,
  nowMs,
  isShown,
  onShow,
}: {
  commit: Commit;
  nowMs: number;
  isShown: boolean;
  onShow: () => void;
}): ReactElement {
  const { version, timestampMs, operation } = commit;
  return (
    <li data-shown={isShown || undefined}>
      <span className={styles["mark"]}>
        <Icon name={iconOf[operation] ?? "clock"} size={15} />
      </span>
      <span className={styles["what"]}>
        <b>Version {version}</b>
        <span>{commitWords(commit)}</span>
      </span>
      <span className={styles["when"]} title={formatTime(timestampMs)}>
        {formatAgo(timestampMs, nowMs)}
      </span>
      <Button
        size="compact-xs"
        variant="default"
        disabled={isShown}
        {...(!isShown && { "aria-label": `Look at version ${version}` })}
        onClick={onShow}
      >
        {isShown ? "Shown" : "Look"}
      </Button>
    </li>
  );
}
