import type { EventsNoun } from "../souk-interface.ts";
import type { RunNews, SoukEvent } from "../souk-values.ts";

/** Events kept for readers that come back after a break; a stream lets go of readers a thousand events behind. */
const KEPT = 500;

/** What happens in this process, told to whoever listens now. */
export interface EventHub extends EventsNoun {
  publish(event: SoukEvent): void;
  /** Tells those who watch the run; nothing of it is kept. */
  publishRun(news: RunNews): void;
}

export function createEventHub(): EventHub {
  const listeners = new Set<(event: SoukEvent, id: number) => void>();
  const watchers = new Map<string, Set<(news: RunNews) => void>>();
  const kept: { readonly id: number; readonly event: SoukEvent }[] = [];
  let lastId = 0;
  return {
    publish(event) {
      // Progress is of no use to who comes later, and would push out what is.
      if (event.kind !== "progress") {
        lastId += 1;
        kept.push({ id: lastId, event });
        if (kept.length > KEPT) kept.shift();
      }
      for (const listener of listeners) listener(event, lastId);
    },
    publishRun(news) {
      for (const watcher of watchers.get(news.data.run) ?? []) watcher(news);
    },
    subscribe(listener, { after, run } = {}) {
      // An id from before a restart may be ahead of ours: nothing of it can be known.
      if (after !== undefined)
        for (const { id, event } of kept) if (id > after) listener(event, id);
      listeners.add(listener);
      const stopWatching = run === undefined ? undefined : watch(watchers, run, listener);
      return () => {
        listeners.delete(listener);
        stopWatching?.();
      };
    },
    lastId: () => lastId,
  };
}

function watch(
  watchers: Map<string, Set<(news: RunNews) => void>>,
  run: string,
  watcher: (news: RunNews) => void,
): () => void {
  const others = watchers.get(run) ?? new Set();
  watchers.set(run, others.add(watcher));
  return () => {
    others.delete(watcher);
    if (others.size === 0) watchers.delete(run);
  };
}
