import type { Summary } from '../story/tell.ts'
import type { Narrator } from './narrator.ts'

/** The end of the story, and where to go next. */
export function conclude(narrator: Narrator, { claims, requests, shown, seconds }: Summary): void {
  narrator.closing(
    `${claims} claims checked, ${shown} of ${requests} requests shown, ${seconds.toFixed(1)} s. All of it holds.`,
  )
  narrator.say('Next: a sandbox of your own, and the same steps as small scripts in examples/:')
  narrator.verbatim(['npm run sandbox'])
  narrator.say('It serves until Ctrl+C. In another terminal:')
  narrator.verbatim(['node examples/sign-in-with-mfa.mjs'])
  narrator.say('The scripts say what they need. README.md has the rest.')
}
