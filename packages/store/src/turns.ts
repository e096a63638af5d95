/** Runs asynchronous work one piece at a time, in the order it was asked for. */
export interface Turns {
  /** Waits for everything asked before, then runs `work`; a rejection is the caller's alone. */
  take<T>(work: () => Promise<T>): Promise<T>;
}

/** A fresh queue with nobody in it. */
export function createTurns(): Turns {
  let last: Promise<unknown> = Promise.resolve();
  return {
    take(work) {
      const mine = last.then(work);
      last = mine.catch(() => undefined);
      return mine;
    },
  };
}
