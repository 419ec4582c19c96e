/** What can be set of a sandbox. Durations are in seconds, as on the wire. Strict where the service is unknown. */
export interface Settings {
  /** Lifetime of an access token when none is asked for. */
  accessTokenLifetime: number
  /** How long a refresh token is good, counted from `refreshTokenCountsFrom`. 0: for ever. */
  refreshTokenLifetime: number
  /** The open library counts from the access token's expiry; Particle's documentation reads as if from issue. */
  refreshTokenCountsFrom: 'access token expiry' | 'issue'
  /** Kinds of client whose refresh tokens work. The service: product clients only; user clients are unknown. */
  refreshableClients: readonly ('developer' | 'product' | 'user')[]
  /** How long an `mfa_token` waits for its code. Unknown of the service. */
  mfaTokenLifetime: number
  /**
   * Only the client that was asked for the second factor may answer. No by default, since the library decides it: it
   * lets any client answer, and gives the tokens to the first one. Unknown of the live service.
   */
  mfaTokenBoundToClient: boolean
  /** Client, lifetime and scope of the first step are kept for the second one (a lifetime of 0 never is). */
  mfaTokenRemembersRequest: boolean
  /** A wrong code ends the `mfa_token`. Particle's CLI asks again with the same one, so: no. */
  wrongCodeSpendsMfaToken: boolean
  /** A TOTP code that was accepted once is accepted again within its step. Unknown of the service. */
  otpReuse: boolean
  /** `urn:custom:recovery-code` is served, as in the library; the documentation says it is not. */
  recoveryCodesServed: boolean
  /** Enabled grant types. */
  grants: readonly string[]
  /** The secret of a developer client, which is public, is compared all the same. Unknown of the service. */
  checkDeveloperSecret: boolean
  /** `as asked`, `left out`, or the very text that every answer shall carry (to test who trusts it). */
  scopeInAnswer: 'as asked' | 'left out' | (string & {})
  /** Token requests allowed per address in a sliding window; `false` for none. */
  rateLimit: false | { requests: number; seconds: number }
  /** Failed token requests in a row that block an address, and for how long; `false` for none. */
  lockout: false | { failures: number; seconds: number }
  /** `mfa_required` counts as a failed request. Unknown of the service. */
  mfaRequiredCounts: boolean
  /** A refused refresh token counts as a failed request. Unknown of the service. */
  refusedRefreshCounts: boolean
  /** After so many quiet seconds failures are forgotten; `false`: only a success clears them. */
  failureCountFades: false | number
  /** 429 answers carry `Retry-After`. Unknown of the service. */
  retryAfter: boolean
  /**
   * Revoking an access token ends the refresh token that came with it. Unknown of the service. No by default: the
   * library keeps the two without a link, no call that revokes a refresh token is known, and whoever signs out should
   * not count on one that is gone.
   */
  revocationEndsRefreshToken: boolean
  /** Events have an `id`, and `Last-Event-ID` is honoured. Recorded streams of the service have none. */
  eventIds: boolean
}

/** The settings of a fresh sandbox. */
export const defaultSettings: Settings = {
  accessTokenLifetime: 7_776_000,
  refreshTokenLifetime: 1_209_600,
  refreshTokenCountsFrom: 'access token expiry',
  refreshableClients: ['product'],
  mfaTokenLifetime: 600,
  mfaTokenBoundToClient: false,
  mfaTokenRemembersRequest: true,
  wrongCodeSpendsMfaToken: false,
  otpReuse: false,
  recoveryCodesServed: true,
  grants: [
    'password',
    'urn:custom:mfa-otp',
    'urn:custom:recovery-code',
    'client_credentials',
    'refresh_token',
  ],
  checkDeveloperSecret: true,
  scopeInAnswer: 'as asked',
  rateLimit: { requests: 100, seconds: 300 },
  lockout: { failures: 10, seconds: 1800 },
  mfaRequiredCounts: true,
  refusedRefreshCounts: true,
  failureCountFades: false,
  retryAfter: false,
  revocationEndsRefreshToken: false,
  eventIds: false,
}
