import type { Narrator } from '../terminal/narrator.ts'
import { BrokenClaim } from './checks.ts'
import { openScene, type Scene } from './scene.ts'
import type { Step } from './step.ts'

/** What the story came to, when every claim held. */
export interface Summary {
  readonly claims: number
  /** That the sandbox has answered. */
  readonly requests: number
  /** Of those, the ones that were shown. */
  readonly shown: number
  readonly seconds: number
}

/** Runs the steps in order. Tells what failed and gives `undefined` at the first one that does not do what it says. */
export async function tell(steps: readonly Step[], narrator: Narrator): Promise<Summary | undefined> {
  const started = performance.now()
  const scene = await openScene(narrator)
  try {
    for (const [index, step] of steps.entries()) {
      narrator.heading(index + 1, step.title)
      if (!(await succeeds(step, scene))) return undefined
    }
    const seconds = (performance.now() - started) / 1000
    const { claims, requests, exchanges } = scene
    return { claims, requests, shown: exchanges.length, seconds }
  } finally {
    await scene.close()
  }
}

async function succeeds(step: Step, scene: Scene): Promise<boolean> {
  const { claims } = scene
  try {
    await step.run(scene)
  } catch (error) {
    scene.narrator.broken(`The step "${step.title}" failed.\n${reasonOf(error)}`)
    return false
  }
  if (scene.claims > claims) return true
  scene.narrator.broken(`The step "${step.title}" claims nothing, so nobody knows whether it worked.`)
  return false
}

function reasonOf(error: unknown): string {
  if (error instanceof BrokenClaim) return `This does not hold: ${error.message}`
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
