import type { Call } from '../call.ts'
import type { ClientOptions } from '../model/options.ts'
import type { World } from '../model/world.ts'

/** What a rule looks at. */
export interface Situation {
  readonly call: Call
  readonly world: World
  readonly status: number
  readonly error: string | undefined
  readonly grantType: string
  /** The client that the request names, whether or not its secret is right. */
  readonly client: ClientOptions | undefined
}

/** When something was meant otherwise, and what to say then. */
export interface Rule {
  readonly when: (situation: Situation) => boolean
  readonly hint: string
}
