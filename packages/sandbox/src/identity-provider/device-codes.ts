import { randomToken } from '../random.ts'
import type { Account } from '../state/accounts.ts'
import type { Settings } from '../state/settings.ts'
import type { SigningKey } from './signing-keys.ts'

/** Changes to the token that an approval leads to. Without them the token is valid. */
export interface TokenChanges {
  /** Claims to replace. `null` removes a claim. */
  claims?: Record<string, unknown>
  /** Members of the header to replace. With the `alg` `none` the token has no signature. */
  header?: Record<string, unknown>
  /** `forged`: signed by a key that claims to be the published one. `unpublished`: by a key that is not published. */
  key?: SigningKey
}

/** A sign-in that waits for a person, or for its next poll. Times are in milliseconds since 1970. */
export interface DeviceCode {
  readonly deviceCode: string
  readonly userCode: string
  readonly clientId: string
  readonly scope: string
  readonly expiresAt: number
  /** Grows by 5 seconds with each `slow_down`. */
  intervalMs: number
  /** Of the last poll; first the time of the device authorization. */
  polledAt: number
  decision: 'pending' | 'denied' | { readonly account: Account; readonly changes: TokenChanges }
}

/** Without vowels, so that a code is no word (RFC 8628, section 6.1). */
const letters = 'BCDFGHJKLMNPQRSTVWXZ'

/** The open device codes. */
export class DeviceCodes {
  readonly #settings: Settings
  readonly #now: () => number
  readonly #open = new Map<string, DeviceCode>()

  constructor(settings: Settings, now: () => number) {
    this.#settings = settings
    this.#now = now
  }

  open({ clientId, scope }: Pick<DeviceCode, 'clientId' | 'scope'>): DeviceCode {
    const { ssoInterval, ssoCodeLifetime } = this.#settings
    const now = this.#now()
    const code: DeviceCode = {
      deviceCode: randomToken(),
      userCode: createUserCode(),
      clientId,
      scope,
      expiresAt: now + ssoCodeLifetime * 1000,
      intervalMs: ssoInterval * 1000,
      polledAt: now,
      decision: 'pending',
    }
    this.#open.set(code.deviceCode, code)
    return code
  }

  find(deviceCode: string): DeviceCode | undefined {
    return this.#open.get(deviceCode)
  }

  /** Finds the code that a person typed, in any case and without the hyphen too, unless it has expired. */
  findByUserCode(typed: string): DeviceCode | undefined {
    const wanted = normalize(typed)
    return [...this.#open.values()].find((code) => normalize(code.userCode) === wanted && !this.isExpired(code))
  }

  isExpired({ expiresAt }: DeviceCode): boolean {
    return expiresAt <= this.#now()
  }

  /** Records a poll. Returns whether it came before the interval had passed, which is longer from then on. */
  recordPoll(code: DeviceCode): boolean {
    const now = this.#now()
    const isEarly = now - code.polledAt < code.intervalMs
    code.polledAt = now
    if (isEarly) code.intervalMs += 5000
    return isEarly
  }

  close({ deviceCode }: DeviceCode): void {
    this.#open.delete(deviceCode)
  }
}

function normalize(userCode: string): string {
  return userCode.toUpperCase().replace(/[^A-Z]/g, '')
}

function createUserCode(): string {
  const random = crypto.getRandomValues(new Uint8Array(8))
  const code = Array.from(random, (byte) => letters[byte % letters.length]).join('')
  return `${code.slice(0, 4)}-${code.slice(4)}`
}
