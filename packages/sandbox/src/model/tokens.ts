import { endOfTime } from '../clock.ts'
import { randomToken } from '../random.ts'
import type { Account } from './accounts.ts'
import type { ClientOptions } from './options.ts'
import type { Settings } from './settings.ts'

/** An access token. `expiresAt` is in milliseconds; `null` never expires. */
export interface AccessToken {
  readonly token: string
  readonly clientId: string
  readonly account: Account
  readonly scope: string | undefined
  expiresAt: number | null
}

/** A refresh token, good once, for the client that it was issued to. */
export interface RefreshToken extends AccessToken {
  /** The access token that it came with. */
  readonly cameWith: string
  /** Issued to a client whose refresh tokens work. A developer's is refused whatever else is right. */
  readonly usable: boolean
}

/** For whom tokens are issued, and for how many seconds. */
export interface Issue {
  client: ClientOptions
  account: Account
  scope: string | undefined
  lifetime: number
}

/** Access and refresh tokens: issued, found, spent, revoked. */
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
   * Issues an access token, and a refresh token with it where there is one. As in the library, a lifetime that
   * is not above 0 (also NaN) never expires, and 0 and NaN come without a refresh token.
   */
  issue({ client, account, scope, lifetime }: Issue): {
    access: AccessToken
    refresh: RefreshToken | undefined
  } {
    const common = { clientId: client.id, account, scope }
    const access = { ...common, token: randomToken(), expiresAt: lifetime > 0 ? this.#after(lifetime) : null }
    this.#access.set(access.token, access)
    if (!lifetime || !this.#settings.grants.includes('refresh_token')) return { access, refresh: undefined }

    const { refreshTokenLifetime, refreshTokenCountsFrom, refreshableClients } = this.#settings
    const from = refreshTokenCountsFrom === 'issue' ? 0 : lifetime
    const refresh = {
      ...common,
      token: randomToken(),
      expiresAt: refreshTokenLifetime ? this.#after(from + refreshTokenLifetime) : null,
      cameWith: access.token,
      usable: refreshableClients.includes(client.kind),
    }
    this.#refresh.set(refresh.token, refresh)
    return { access, refresh }
  }

  access(token: string): AccessToken | undefined {
    return this.#access.get(token)
  }

  refresh(token: string): RefreshToken | undefined {
    return this.#refresh.get(token)
  }

  /** A refresh token is good once. */
  spend(refreshToken: string): void {
    this.#refresh.delete(refreshToken)
  }

  isExpired({ expiresAt }: AccessToken): boolean {
    return expiresAt !== null && expiresAt < this.#now()
  }

  /** Revokes one access token; one that is not there is no error. */
  revoke(token: string): void {
    this.#access.delete(token)
    if (this.#settings.revocationEndsRefreshToken) this.#dropRefresh((refresh) => refresh.cameWith === token)
  }

  /** Revokes the access tokens of an account, or of all of them, and says how many. */
  revokeAll(account?: Account): number {
    const tokens = this.#of(account)
    for (const { token } of tokens) this.revoke(token)
    return tokens.length
  }

  /** Lets the access tokens of an account, or of all of them, have expired a moment ago, and says how many. */
  expireAll(account?: Account): number {
    const tokens = this.#of(account)
    for (const access of tokens) access.expiresAt = this.#now() - 1
    return tokens.length
  }

  /** Ends the refresh tokens of an account, or of all of them, and says how many. */
  dropRefreshTokens(account?: Account): number {
    return this.#dropRefresh((refresh) => account === undefined || refresh.account === account)
  }

  #of(account: Account | undefined): AccessToken[] {
    return [...this.#access.values()].filter((access) => account === undefined || access.account === account)
  }

  #dropRefresh(goes: (refresh: RefreshToken) => boolean): number {
    const gone = [...this.#refresh.values()].filter(goes)
    for (const { token } of gone) this.#refresh.delete(token)
    return gone.length
  }

  #after(seconds: number): number | null {
    const time = this.#now() + Math.trunc(seconds) * 1000
    // The library's own dates become invalid there, and never expire.
    return time > endOfTime ? null : time
  }
}
