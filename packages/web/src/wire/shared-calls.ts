/** Calls under way by what they were given: the same again joins the one that runs. */
export class SharedCalls<T> {
  readonly #running = new Map<string, Promise<T>>();

  /** Starts the call, unless one with equal arguments runs. Arguments that hold a file are never taken for equal. */
  async share(args: object, call: () => Promise<T>): Promise<T> {
    if ("body" in args && args.body instanceof Blob) return call();
    const key = JSON.stringify(args);
    const running = this.#running.get(key);
    if (running) return running;
    const begun = call().finally(() => this.#running.delete(key));
    this.#running.set(key, begun);
    return begun;
  }
}
