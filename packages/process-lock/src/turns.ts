/** Who of one process comes next under a name, in the order of asking. */
export class Turns {
  readonly #queues = new Map<string, (() => void)[]>()

  /** Resolves with true when it is the caller's turn, with false when it didn't come in time. */
  async take(name: string, timeout: number): Promise<boolean> {
    const queue = this.#queues.get(name)
    if (queue === undefined) {
      this.#queues.set(name, [])
      return true
    }
    return new Promise((resolve) => {
      const next = () => {
        clearTimeout(timer)
        resolve(true)
      }
      const timer = setTimeout(() => {
        queue.splice(queue.indexOf(next), 1)
        resolve(false)
      }, timeout)
      queue.push(next)
    })
  }

  /** Ends the caller's turn. */
  give(name: string): void {
    const next = this.#queues.get(name)?.shift()
    if (next === undefined) this.#queues.delete(name)
    else next()
  }
}
