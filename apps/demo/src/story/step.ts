import type { Scene } from './scene.ts'

/** A step of the story: a heading, and what happens under it. */
export interface Step {
  readonly title: string
  readonly run: (scene: Scene) => Promise<void>
}
