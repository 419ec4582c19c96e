/** Runs tasks one after the other, in the order in which they came. A task that fails does not stop the next. */
export class Mutex {
  #last: Promise<unknown> = Promise.resolve()
  #waiting = 0

  /** Nothing runs, and nothing waits. */
  get idle(): boolean {
    return this.#waiting === 0
  }

  run<T>(task: () => Promise<T>): Promise<T> {
    this.#waiting += 1
    const result = this.#last.then(task).finally(() => {
      this.#waiting -= 1
    })
    this.#last = result.catch(() => {})
    return result
  }
}
