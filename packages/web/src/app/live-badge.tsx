import { Tooltip } from "@mantine/core";
import { type ReactElement, useSyncExternalStore } from "react";
import { readLiveState, watchLiveState } from "../wire/live.ts";
import styles from "./shell.module.css";

const words = {
  live: ["Live", "What happens in the shop shows up here by itself"],
  waiting: ["Connecting", "The stream of events is being opened again; pages still work"],
  off: ["", ""],
} as const;

/** Whether events reach this tab. */
export function LiveBadge(): ReactElement | null {
  const state = useSyncExternalStore(watchLiveState, readLiveState);
  if (state === "off") return null;
  const [word, meaning] = words[state];
  return (
    <Tooltip label={meaning}>
      <span className={styles["live"]} data-state={state} role="status">
        <span className={styles["dot"]} aria-hidden />
        {word}
      </span>
    </Tooltip>
  );
}
