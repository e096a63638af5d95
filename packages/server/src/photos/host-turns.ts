/** Runs work for a host when it is its turn. */
export type HostTurns = <T>(host: string, work: () => Promise<T>) => Promise<T>;

/** Turns by which no host has more than `most` calls at a time: a list of a million photos is no flood for a small shop. */
export function hostTurns(most: number): HostTurns {
  const hosts = new Map<string, { active: number; readonly waiting: (() => void)[] }>();
  return async (host, work) => {
    const turns = hosts.get(host) ?? { active: 0, waiting: [] };
    hosts.set(host, turns);
    if (turns.active >= most) await new Promise<void>((go) => turns.waiting.push(go));
    else turns.active++;
    try {
      return await work();
    } finally {
      // The turn is handed on, or given back.
      const next = turns.waiting.shift();
      if (next) next();
      else if (--turns.active === 0) hosts.delete(host);
    }
  };
}
