import type { EventsNoun } from "../souk-interface.ts";
import type { SoukEvent } from "../souk-values.ts";

/** What happens in this process, told to whoever listens now. */
export interface EventHub extends EventsNoun {
  publish(event: SoukEvent): void;
}

export function createEventHub(): EventHub {
  const listeners = new Set<(event: SoukEvent) => void>();
  return {
    publish(event) {
      for (const listener of listeners) listener(event);
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
  };
}
