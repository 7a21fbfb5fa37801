/** Waits for a condition that becomes true by what its owner does, which then calls `look`. There is one wait at a time. */
export class ConditionWait {
  #waiting: { readonly isMet: () => boolean; readonly resolve: () => void } | undefined;

  /** Resolves when the condition is met. A later wait replaces this one, which then never ends. */
  until(isMet: () => boolean): Promise<void> {
    if (isMet()) return Promise.resolve();
    return new Promise((resolve) => {
      this.#waiting = { isMet, resolve };
    });
  }

  look(): void {
    if (!this.#waiting?.isMet()) return;
    const { resolve } = this.#waiting;
    this.#waiting = undefined;
    resolve();
  }
}
