import { createClock } from './clock.ts'
import { checkFault } from './control/faults.ts'
import { createRequestHandler } from './handle-request.ts'
import { fromWebRequest } from './http/request.ts'
import { toWebResponse } from './http/response.ts'
import { createSsoControl } from './identity-provider/approval.ts'
import { boolean, checkMembers, type Rules, string } from './rules.ts'
import type { Sandbox, SandboxOptions, TokenFilter } from './sandbox.ts'
import { type Account, defaultAccounts, viewAccount } from './state/accounts.ts'
import { defaultClients } from './state/clients.ts'
import { completeSettings } from './state/settings.ts'
import { createState } from './state/state.ts'

const tokenFilterRules: Rules<TokenFilter> = { username: string, refreshTokens: boolean }

/** Creates a sandbox. Throws a TypeError on a wrong setting, and on two accounts or clients with the same name. */
export function createSandbox(options: SandboxOptions = {}): Sandbox {
  const { accounts = defaultAccounts, clients = defaultClients, clock = createClock(), ...given } = options
  const settings = completeSettings(given)
  const createInitialState = () => createState({ accounts, clients, settings, clock })
  let state = createInitialState()

  const { handle, faults, journal } = createRequestHandler(() => ({ state, sandbox }))

  const sandbox: Sandbox = {
    handle,
    async fetch(input, init) {
      const request = new Request(input, init)
      request.signal.throwIfAborted()
      return toWebResponse(await handle(await fromWebRequest(request, 'library')))
    },
    clock,
    faults,
    failNext: (fault) => faults.add(checkFault({ ...fault })),
    requests: () => journal.entries(),
    subscribe: (listener) => journal.subscribe(listener),
    otp(username) {
      const account = getAccount(username)
      const totp = (account.mfa ?? account.enrolment)?.totp
      if (!totp) throw new TypeError(`${username} has no second factor`)
      return totp.code(clock.now())
    },
    revoke: (filter) => endTokens(filter, (account) => state.tokens.revokeAll(account)),
    expire: (filter) => endTokens(filter, (account) => state.tokens.expireAll(account)),
    sso: createSsoControl(() => state),
    reset() {
      clock.reset?.()
      state.events.close()
      state = createInitialState()
      faults.clear()
      journal.clear()
    },
    get accounts() {
      return state.accounts.list().map((account) => viewAccount(account, clock.now()))
    },
    get clients() {
      return state.clients.list()
    },
    settings,
  }

  function endTokens(filter: TokenFilter = {}, end: (account?: Account) => number): { tokens: number } {
    // The copy makes a string, passed instead of an object, fail the check: without a username all tokens would end.
    checkMembers('A token filter', { ...filter }, tokenFilterRules)
    const { username, refreshTokens = false } = filter
    const account = username === undefined ? undefined : getAccount(username)
    if (refreshTokens) state.tokens.revokeRefreshTokens(account)
    return { tokens: end(account) }
  }

  function getAccount(username: string): Account {
    const account = state.accounts.find(username)
    if (!account) throw new TypeError(`There is no account called ${username}`)
    return account
  }

  return sandbox
}
