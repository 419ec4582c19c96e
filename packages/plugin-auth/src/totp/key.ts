import { GrantsError, Secret } from '@particle-grants/core'
import { TOTP, Secret as TotpSecret, URI } from 'otpauth'

/** What an authenticator knows of an account: everything that its codes are made from. */
export class TotpKey {
  readonly #totp: TOTP

  constructor(totp: TOTP) {
    this.#totp = totp
  }

  /** How long one code is shown. Milliseconds. */
  get stepLength(): number {
    return this.#totp.period * 1000
  }

  /** The code of a time step; steps are counted from 1970. */
  code(step: number): Secret {
    return new Secret(this.#totp.generate({ timestamp: step * this.stepLength }))
  }

  /** The secret as people type it: base32. */
  secret(): Secret {
    return new Secret(this.#totp.secret.base32)
  }

  /** The same key, named after an account as authenticators list it. */
  named(username: string): TotpKey {
    const { secret, algorithm, digits, period } = this.#totp
    return new TotpKey(new TOTP({ issuer: 'Particle', label: username, secret, algorithm, digits, period }))
  }

  /**
   * Everything there is to keep, as the URI that authenticators read. What they take for granted is left out, since
   * a shorter one gives a smaller QR code.
   */
  uri(): Secret {
    const { issuer, label, secret, algorithm, period } = this.#totp
    const name = [issuer, label].filter((part) => part !== '').map(encodeURIComponent)
    const params = new URLSearchParams({
      secret: secret.base32,
      ...(issuer !== '' && { issuer }),
      ...(algorithm !== 'SHA1' && { algorithm }),
      ...(period !== 30 && { period: String(period) }),
    })
    return new Secret(`otpauth://totp/${name.join(':')}?${params}`)
  }
}

/**
 * Reads what a person has of an authenticator's secret: base32, in whatever groups and letters, or the `otpauth://`
 * URI of the QR code. Throws `invalid_argument`, which never repeats it.
 */
export function parseTotpKey(input: string | Secret): TotpKey {
  const text = (typeof input === 'string' ? input : input.reveal()).trim()
  if (text === '') refuse('is empty')
  if (/^\d{6}$/.test(text)) {
    refuse('looks like a code: what is wanted is the secret that the authenticator was set up with')
  }
  return new TotpKey(/^otpauth:/i.test(text) ? fromUri(text) : fromBase32(text))
}

function fromUri(uri: string): TOTP {
  let read: TOTP | unknown
  try {
    read = URI.parse(uri)
  } catch {
    // Its error may repeat the secret.
    return refuse('is no otpauth:// URI that could be read')
  }
  if (!(read instanceof TOTP))
    refuse('is for codes that count (hotp); Particle uses codes of the time (totp)')
  if (read.digits !== 6) refuse('is for codes of another length than six digits')
  return read
}

/** 80 bits, the shortest secret that authenticators are known to be set up with. */
const shortest = 16

function fromBase32(text: string): TOTP {
  const plain = text.replace(/[\s-]/g, '').replace(/=+$/, '').toUpperCase()
  if (!/^[A-Z2-7]*$/.test(plain)) {
    refuse('is not base32 (letters, and the digits 2 to 7) and no otpauth:// URI')
  }
  if (plain.length < shortest) refuse(`is too short: it has at least ${shortest} letters and digits`)
  return new TOTP({ secret: TotpSecret.fromBase32(plain), issuer: 'Particle', label: 'account' })
}

function refuse(problem: string): never {
  const parameter = 'The TOTP secret'
  throw new GrantsError('invalid_argument', `${parameter} ${problem}.`, { parameter, problem })
}
