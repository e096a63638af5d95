import { SoukError } from "@souk/core";

/** What is under way between opening and closing: `close` turns new work away and waits for what began before. */
export class OpenWork {
  #underWay = 0;
  #isClosing = false;
  #onDrained: (() => void) | undefined;

  get isClosing(): boolean {
    return this.#isClosing;
  }

  /**
   * Runs `work` and lets `close` wait for it.
   *
   * @throws SoukError `SERVING_CLOSED` once closing began, or what `work` throws.
   */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#isClosing) {
      throw new SoukError("SERVING_CLOSED", "expected serving to be open, it is closing");
    }
    this.#underWay++;
    try {
      return await work();
    } finally {
      this.#underWay--;
      if (this.#underWay === 0) this.#onDrained?.();
    }
  }

  /** Turns new work away; resolves when nothing is under way. Called once. */
  async close(): Promise<void> {
    this.#isClosing = true;
    if (this.#underWay > 0) await new Promise<void>((resolve) => (this.#onDrained = resolve));
  }
}
