/** Simulates several processes on one file system of links. A seed decides the order of their steps. */
export class Scheduler {
  readonly links = new Map<string, string>()
  readonly dead = new Set<string>()
  readonly #waiting = new Map<string, () => void>()
  readonly #random: () => number
  /** The process that runs. Only one does between two draws. */
  self = ''

  constructor(seed: number) {
    this.#random = createRandom(seed)
  }

  async start(name: string, run: () => Promise<void>): Promise<void> {
    this.self = name
    void run()
    await waitForSteps()
  }

  /** Waits until this process is drawn, then runs `effect` at once. */
  async step<T>(effect: () => T): Promise<T> {
    const name = this.self
    await new Promise<void>((resolve) => this.#waiting.set(name, resolve))
    return effect()
  }

  /** Draws steps until no process waits. With probability `deathRate` the drawn process dies instead: its step never ends. */
  async run(deathRate: number): Promise<void> {
    for (let steps = 0; steps < 50_000; steps += 1) {
      const names = [...this.#waiting.keys()]
      const name = names[Math.floor(this.#random() * names.length)]
      if (name === undefined) return
      const step = this.#waiting.get(name)
      this.#waiting.delete(name)
      if (this.#random() < deathRate) {
        this.dead.add(name)
      } else {
        this.self = name
        step?.()
        await waitForSteps()
      }
    }
    throw new Error('the processes do not end')
  }
}

/** Resolves when every process that could run waits at its next step. */
function waitForSteps(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

/** Returns a generator of numbers between 0 and 1. */
function createRandom(seed: number): () => number {
  let state = (seed * 2_654_435_761) % 2_147_483_647 || 1
  return () => {
    state = (state * 48_271) % 2_147_483_647
    return state / 2_147_483_647
  }
}
