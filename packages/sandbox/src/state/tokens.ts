import { endOfTime } from '../clock.ts'
import { randomToken, randomUuid } from '../random.ts'
import type { Account } from './accounts.ts'
import type { ClientOptions } from './clients.ts'
import type { Settings } from './settings.ts'

/** An access token. `expiresAt` is in milliseconds since 1970; `null` if the token never expires. */
export interface AccessToken {
  readonly token: string
  /** The client that requested it. An API user's has none. */
  readonly clientId: string | undefined
  readonly account: Account
  readonly scope: string | undefined
  expiresAt: number | null
}

/** A refresh token, with the access token that it was issued with. It can be used once, by the same client. */
export interface RefreshToken {
  readonly access: AccessToken
  readonly expiresAt: number | null
}

/** An account that signs in with a client, and the parameters of its tokens. */
export interface SignIn {
  readonly account: Account
  readonly client: ClientOptions
  readonly scope: string | undefined
  readonly expiresIn: string | undefined
  readonly expiresAt: string | undefined
}

/** The access and refresh tokens of a sandbox. */
export class Tokens {
  readonly #settings: Settings
  readonly #now: () => number
  readonly #access = new Map<string, AccessToken>()
  readonly #refresh = new Map<string, RefreshToken>()

  constructor(settings: Settings, now: () => number) {
    this.#settings = settings
    this.#now = now
  }

  /**
   * Issues an access token, and a refresh token where there is one. As in the open library, a lifetime that is not above
   * 0 (NaN too) never expires, and 0 and NaN have no refresh token.
   */
  issue({ account, client, scope }: SignIn, lifetimeSeconds: number): { accessToken: string; refreshToken?: string } {
    const { grants, refreshTokenLifetime } = this.#settings
    const access = this.issueAccess({ account, clientId: client.id, scope }, lifetimeSeconds)
    const accessToken = access.token
    if (!lifetimeSeconds || !grants.includes('refresh_token')) return { accessToken }

    const refreshToken = randomToken()
    this.#refresh.set(refreshToken, {
      access,
      expiresAt: refreshTokenLifetime ? this.#after(lifetimeSeconds + refreshTokenLifetime) : null,
    })
    return { accessToken, refreshToken }
  }

  /** Issues an access token alone. */
  issueAccess(whose: Pick<AccessToken, 'account' | 'clientId' | 'scope'>, lifetimeSeconds: number): AccessToken {
    const expiresAt = lifetimeSeconds > 0 ? this.#after(lifetimeSeconds) : null
    const access = { ...whose, token: randomToken(), expiresAt }
    this.#access.set(access.token, access)
    return access
  }

  findAccess(token: string): AccessToken | undefined {
    return this.#access.get(token)
  }

  findRefresh(token: string): RefreshToken | undefined {
    return this.#refresh.get(token)
  }

  /** Returns the access tokens of an account, or of all accounts. */
  list(account?: Account): AccessToken[] {
    return [...this.#access.values()].filter((access) => account === undefined || access.account === account)
  }

  isExpired({ expiresAt }: AccessToken | RefreshToken): boolean {
    return expiresAt !== null && expiresAt < this.#now()
  }

  /** Whether the access token is neither expired nor revoked. */
  isValid(access: AccessToken): boolean {
    return this.#access.get(access.token) === access && !this.isExpired(access)
  }

  /** Ends a refresh token that was used. */
  useRefresh(token: string): void {
    this.#refresh.delete(token)
  }

  /** Revokes an access token, and not its refresh token: the library keeps no link between them. */
  revoke(token: string): void {
    this.#access.delete(token)
  }

  /** Revokes the access tokens of an account, or of all accounts, and returns how many. */
  revokeAll(account?: Account): number {
    const tokens = this.list(account)
    for (const { token } of tokens) this.revoke(token)
    return tokens.length
  }

  /** Revokes the access tokens that a client requested. */
  revokeOfClient(clientId: string): void {
    for (const access of this.list()) if (access.clientId === clientId) this.revoke(access.token)
  }

  /** Makes the access tokens of an account, or of all accounts, expired, and returns how many. */
  expireAll(account?: Account): number {
    const tokens = this.list(account)
    for (const access of tokens) access.expiresAt = this.#now() - 1
    return tokens.length
  }

  /** Revokes the refresh tokens of an account, or of all accounts. */
  revokeRefreshTokens(account?: Account): void {
    for (const [token, { access }] of this.#refresh) {
      if (account === undefined || access.account === account) this.#refresh.delete(token)
    }
  }

  #after(seconds: number): number | null {
    const time = this.#now() + Math.trunc(seconds) * 1000
    // The library's dates become invalid there, and such a token never expires.
    return time > endOfTime ? null : time
  }
}

/** The first step of a sign-in whose second factor is open. */
export interface MfaChallenge extends SignIn {
  readonly mfaToken: string
}

/** The open MFA challenges, by their `mfa_token`. */
export class MfaChallenges {
  readonly #now: () => number
  readonly #lifetimeMs: number
  readonly #open = new Map<string, { challenge: MfaChallenge; until: number }>()

  constructor(lifetimeSeconds: number, now: () => number) {
    this.#lifetimeMs = lifetimeSeconds * 1000
    this.#now = now
  }

  open(signIn: SignIn): MfaChallenge {
    const challenge = { ...signIn, mfaToken: randomUuid() }
    this.#open.set(challenge.mfaToken, { challenge, until: this.#now() + this.#lifetimeMs })
    return challenge
  }

  /** Returns the challenge, unless it is unknown, closed or expired. */
  find(mfaToken: string): MfaChallenge | undefined {
    const entry = this.#open.get(mfaToken)
    return entry && entry.until >= this.#now() ? entry.challenge : undefined
  }

  close({ mfaToken }: MfaChallenge): void {
    this.#open.delete(mfaToken)
  }

  /** Closes all challenges of an account. */
  closeAll(account: Account): void {
    for (const { challenge } of this.#open.values()) if (challenge.account === account) this.close(challenge)
  }
}
