import type { EventsNoun } from "../souk-interface.ts";
import type { SoukEvent } from "../souk-values.ts";

/** Events kept for readers that come back after a break; a stream lets go of readers a thousand events behind. */
const KEPT = 500;

/** What happens in this process, told to whoever listens now. */
export interface EventHub extends EventsNoun {
  publish(event: SoukEvent): void;
}

export function createEventHub(): EventHub {
  const listeners = new Set<(event: SoukEvent, id: number) => void>();
  const kept: { readonly id: number; readonly event: SoukEvent }[] = [];
  let lastId = 0;
  return {
    publish(event) {
      lastId += 1;
      kept.push({ id: lastId, event });
      if (kept.length > KEPT) kept.shift();
      for (const listener of listeners) listener(event, lastId);
    },
    subscribe(listener, { after } = {}) {
      // An id from before a restart may be ahead of ours: nothing of it can be known.
      if (after !== undefined)
        for (const { id, event } of kept) if (id > after) listener(event, id);
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
  };
}
