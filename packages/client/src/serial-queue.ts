/**
 * Runs tasks one after the other, in the order they were given. A task that throws does not stop the next; whoever gave it
 * hears of it.
 */
export class SerialQueue {
  #last: Promise<unknown> = Promise.resolve();

  /** Runs `task` after all earlier ones; resolves or rejects as it does. */
  run<Result>(task: () => Result | Promise<Result>): Promise<Result> {
    const result = this.#last.then(task);
    this.#last = result.catch(() => {});
    return result;
  }
}
