/** A few simulated processes and one file system of links, where each step of each process comes in a drawn order. */
export class Scheduler {
  readonly links = new Map<string, string>()
  readonly dead = new Set<string>()
  readonly #waiting = new Map<string, () => void>()
  readonly #random: () => number
  /** The process that runs: between two draws there is one only. */
  self = ''

  constructor(seed: number) {
    this.#random = numbersFrom(seed)
  }

  async start(name: string, run: () => Promise<void>): Promise<void> {
    this.self = name
    void run()
    await settled()
  }

  /** One step: waits until it is drawn, then does it at once. */
  async step<T>(effect: () => T): Promise<T> {
    const name = this.self
    await new Promise<void>((resolve) => this.#waiting.set(name, resolve))
    return effect()
  }

  /** Draws steps until nobody waits. Now and then whoever was drawn dies instead: its step never ends. */
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
        await settled()
      }
    }
    throw new Error('they go round in circles')
  }
}

/** When everything that could run has come to its next step. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

/** Numbers between 0 and 1 that a seed decides. */
function numbersFrom(seed: number): () => number {
  let state = (seed * 2_654_435_761) % 2_147_483_647 || 1
  return () => {
    state = (state * 48_271) % 2_147_483_647
    return state / 2_147_483_647
  }
}
