import type { SandboxClock } from '../clock.ts'
import { Accounts } from './accounts.ts'
import { Attempts } from './attempts.ts'
import { Challenges } from './challenges.ts'
import { Clients } from './clients.ts'
import { EventStreams } from './event-streams.ts'
import type { AccountOptions, ClientOptions } from './options.ts'
import type { Settings } from './settings.ts'
import { Tokens } from './tokens.ts'

/** Everything that a sandbox remembers. `reset()` makes a new one. */
export interface World {
  readonly settings: Settings
  readonly now: () => number
  readonly accounts: Accounts
  readonly clients: Clients
  readonly tokens: Tokens
  readonly challenges: Challenges
  readonly attempts: Attempts
  readonly events: EventStreams
}

/** Makes a world in which nothing has happened yet. */
export function createWorld(options: {
  accounts: readonly AccountOptions[]
  clients: readonly ClientOptions[]
  settings: Settings
  clock: SandboxClock
}): World {
  const { settings, clock } = options
  const now = () => clock.now()
  return {
    settings,
    now,
    accounts: new Accounts(options.accounts),
    clients: new Clients(options.clients),
    tokens: new Tokens(settings, now),
    challenges: new Challenges(settings.mfaTokenLifetime, now),
    attempts: new Attempts(settings, now),
    events: new EventStreams(settings),
  }
}
