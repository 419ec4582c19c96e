import type { SandboxClock } from './clock.ts'
import { createClock } from './clock.ts'
import type { Sandbox, TokenChoice } from './contract.ts'
import { tokenChoiceMembers } from './contract.ts'
import { checkMembers } from './control/check.ts'
import { checkFault } from './control/faults.ts'
import { createAnswer } from './exchange.ts'
import { viewAccount } from './model/account-view.ts'
import type { Account } from './model/accounts.ts'
import { completeSettings } from './model/complete-settings.ts'
import type { AccountOptions, ClientOptions } from './model/options.ts'
import { defaultAccounts, defaultClients } from './model/options.ts'
import type { Settings } from './model/settings.ts'
import { createWorld } from './model/world.ts'

/** Accounts, clients, clock and settings of a sandbox; everything has a default. */
export interface SandboxOptions extends Partial<Settings> {
  /** @default defaultAccounts */
  accounts?: readonly AccountOptions[]
  /** @default defaultClients */
  clients?: readonly ClientOptions[]
  /** @default a clock that runs with real time */
  clock?: SandboxClock
}

/** Makes a sandbox. Throws a TypeError on a wrong setting, or on two accounts of one name. */
export function createSandbox(options: SandboxOptions = {}): Sandbox {
  const { accounts = defaultAccounts, clients = defaultClients, clock = createClock(), ...chosen } = options
  const settings = completeSettings(chosen)
  const freshWorld = () => createWorld({ accounts, clients, settings, clock })
  let world = freshWorld()

  const { answer, faults, journal } = createAnswer(() => ({ world, sandbox }))

  const sandbox: Sandbox = {
    answer,
    // An async function, so that bad input rejects, as with fetch.
    fetch: async (input, init) => answer(new Request(input, init), { address: 'library' }),
    clock,
    faults,
    failNext: (fault) => faults.add(checkFault({ ...fault })),
    requests: () => journal.entries(),
    subscribe: (listener) => journal.subscribe(listener),
    otp(username) {
      const account = accountNamed(username)
      const totp = (account.mfa ?? account.enrolment)?.totp
      if (!totp) throw new TypeError(`${username} has no second factor here`)
      return totp.code(clock.now())
    },
    revoke: (choice) => end(choice, (account) => world.tokens.revokeAll(account)),
    expire: (choice) => end(choice, (account) => world.tokens.expireAll(account)),
    reset() {
      clock.reset?.()
      world.events.close()
      world = freshWorld()
      faults.clear()
      journal.clear()
    },
    get accounts() {
      return world.accounts.list().map((account) => viewAccount(account, clock.now()))
    },
    clients,
    settings,
  }

  function end(choice: TokenChoice = {}, endTokens: (account?: Account) => number): { tokens: number } {
    // Spread, so that a username alone does not pass for a choice without one, which is everyone.
    checkMembers('A choice of tokens', { ...choice }, tokenChoiceMembers)
    const { username, refreshTokens = false } = choice
    const account = username === undefined ? undefined : accountNamed(username)
    if (refreshTokens) world.tokens.dropRefreshTokens(account)
    return { tokens: endTokens(account) }
  }

  function accountNamed(username: string): Account {
    const account = world.accounts.named(username)
    if (!account) throw new TypeError(`There is no account called ${username}`)
    return account
  }

  return sandbox
}
