import { createHash } from 'node:crypto'

/** Whose codes they are. */
export interface TotpAccount {
  /** As the session has it. */
  readonly baseUrl: string
  readonly username: string
}

/** The key of a record about an account's codes. Neither address nor name can be read from it. */
export function recordKey(kind: 'key' | 'steps', { baseUrl, username }: TotpAccount): string {
  return createHash('sha256')
    .update(JSON.stringify(['totp', kind, new URL(baseUrl).origin, username.trim().toLowerCase()]))
    .digest('hex')
}
