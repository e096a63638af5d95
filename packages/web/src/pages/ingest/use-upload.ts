import type { CallArguments, RouteAnswer } from "@souk/api";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { apiErrorOf, memberOf } from "../../wire/answers.ts";
import { callApi } from "../../wire/hooks.ts";
import { onLiveEvent } from "../../wire/live.ts";
import { type Progress, progressOf } from "./progress.ts";

type Uploading = "ingestDataset" | "dryRunDataset" | "addPhotos";

/**
 * Sends one file at a time and tells how far it is. `send` answers undefined when it failed (`trouble` says why) or was
 * cancelled.
 */
export function useUpload(): {
  send: <N extends Uploading>(
    route: N,
    args: (progressId: string) => CallArguments<N>,
  ) => Promise<RouteAnswer<N> | undefined>;
  cancel: () => void;
  progress: Progress | undefined;
  isBusy: boolean;
  trouble: string | undefined;
} {
  const queries = useQueryClient();
  const [id, setId] = useState("");
  const [progress, setProgress] = useState<Progress>();
  const [trouble, setTrouble] = useState<string>();
  const stop = useRef<AbortController>(undefined);
  useEffect(
    () =>
      id === ""
        ? undefined
        : onLiveEvent(({ kind, data }) => {
            if (kind === "progress" && memberOf(data, "id") === id) setProgress(progressOf(data));
          }),
    [id],
  );
  useEffect(() => () => stop.current?.abort(), []);

  return {
    cancel: () => stop.current?.abort(),
    progress,
    isBusy: id !== "",
    trouble,
    async send(route, args) {
      const own = randomId();
      const abort = new AbortController();
      stop.current = abort;
      setId(own);
      setTrouble(undefined);
      setProgress(undefined);
      try {
        return await callApi(route, { ...args(own), signal: abort.signal });
      } catch (thrown) {
        const { code, message } = apiErrorOf(thrown);
        if (!abort.signal.aborted) setTrouble(`${message} (${code})`);
        return undefined;
      } finally {
        setId("");
        if (route !== "dryRunDataset") void queries.invalidateQueries();
      }
    },
  };
}

/** `crypto.randomUUID` is missing where the page came over plain HTTP. */
function randomId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return `upload-${Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}
