/** Wakes one who waits; rung while nobody waits, it ends the next wait at once. */
export class Bell {
  #isRung = false;
  #wake: (() => void) | undefined;

  ring(): void {
    this.#isRung = true;
    this.#wake?.();
  }

  /** Forgets earlier rings: for who now looks at what they would have told of. */
  clear(): void {
    this.#isRung = false;
  }

  /** Resolves when it rings, or after so many milliseconds; says whether it rang. One waits at a time. */
  async wait(milliseconds: number): Promise<boolean> {
    if (!this.#isRung) {
      await new Promise<void>((resolve) => {
        const wake = () => {
          clearTimeout(timer);
          if (this.#wake === wake) this.#wake = undefined;
          resolve();
        };
        const timer = setTimeout(wake, milliseconds);
        this.#wake = wake;
      });
    }
    const hasRung = this.#isRung;
    this.#isRung = false;
    return hasRung;
  }
}
