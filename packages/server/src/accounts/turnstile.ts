/** Lets `atOnce` pieces of work run and `waiting` more wait; one more than that is refused with `full()`. */
export function createTurnstile(options: {
  atOnce: number;
  waiting: number;
  full: () => Error;
}): <T>(work: () => Promise<T>) => Promise<T> {
  let running = 0;
  const queue: (() => void)[] = [];

  async function enter(): Promise<void> {
    if (running < options.atOnce) {
      running++;
      return;
    }
    if (queue.length >= options.waiting) throw options.full();
    await new Promise<void>((resolve) => queue.push(resolve));
  }

  /** The place goes straight to the next in line, so `running` stays as it is. */
  function leave(): void {
    const next = queue.shift();
    if (next) next();
    else running--;
  }

  return async (work) => {
    await enter();
    try {
      return await work();
    } finally {
      leave();
    }
  };
}
