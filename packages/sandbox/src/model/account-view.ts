import type { Account } from './accounts.ts'
import { secondsLeft } from './totp.ts'

/** An account as the page, the terminal and `/__sandbox/` show it, with everything that is needed to sign in. */
export interface AccountView {
  readonly username: string
  readonly password?: string
  readonly sso: boolean
  /** Id of the product whose customer this is. */
  readonly customerOf?: string
  /** The second factor: its base32 secret, the code of this moment, and the seconds until the next. */
  readonly mfa?: {
    readonly secret: string
    readonly code: string
    readonly secondsLeft: number
    readonly recoveryCodes: readonly string[]
  }
}

/** Shows an account as it is at a moment, in milliseconds. */
export function viewAccount({ username, password, sso, customerOf, mfa }: Account, now: number): AccountView {
  return {
    username,
    ...(password !== undefined && { password }),
    sso,
    ...(customerOf !== undefined && { customerOf }),
    ...(mfa && {
      mfa: {
        secret: mfa.totp.secret,
        code: mfa.totp.code(now),
        secondsLeft: secondsLeft(now),
        recoveryCodes: [...mfa.recoveryCodes],
      },
    }),
  }
}
