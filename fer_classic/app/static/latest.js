// Answers may come late: only the task that was begun last counts.

/** A task whose signal aborts its requests, and says after each wait whether it still counts. */
export class Latest {
  #task = null;

  /** Begin a task in place of the one before; gives its signal. */
  begin() {
    this.stop();
    this.#task = new AbortController();
    return this.#task.signal;
  }

  stop() {
    this.#task?.abort();
    this.#task = null;
  }

  /** Whether a task was begun and not stopped since. */
  get running() {
    return this.#task !== null;
  }
}
