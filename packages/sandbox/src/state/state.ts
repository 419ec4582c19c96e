import type { SandboxClock } from '../clock.ts'
import { DeviceCodes } from '../identity-provider/device-codes.ts'
import { SigningKeys } from '../identity-provider/signing-keys.ts'
import { RequestLimits } from '../oauth/limits.ts'
import { type AccountOptions, Accounts } from './accounts.ts'
import { type ClientOptions, Clients } from './clients.ts'
import { EventStreams } from './event-streams.ts'
import type { Settings } from './settings.ts'
import { MfaChallenges, Tokens } from './tokens.ts'

/** Everything that a sandbox remembers. `reset()` creates a new one. */
export type SandboxState = ReturnType<typeof createState>

export function createState(options: {
  accounts: readonly AccountOptions[]
  clients: readonly ClientOptions[]
  settings: Settings
  clock: SandboxClock
}) {
  const { settings, clock } = options
  const now = () => clock.now()
  return {
    settings,
    now,
    accounts: new Accounts(options.accounts),
    clients: new Clients(options.clients),
    tokens: new Tokens(settings, now),
    challenges: new MfaChallenges(settings.mfaTokenLifetime, now),
    limits: new RequestLimits(settings, now),
    events: new EventStreams(settings),
    deviceCodes: new DeviceCodes(settings, now),
    signingKeys: new SigningKeys(),
  }
}
