import { createHash } from 'node:crypto'
import { GrantsError, Secret, type Store } from '@particle-grants/core'
import { TOTP, Secret as TotpSecret, URI } from 'otpauth'

/** The TOTP secret of an account, with its parameters: what an authenticator app stores. */
export class TotpKey {
  readonly #totp: TOTP

  constructor(totp: TOTP) {
    this.#totp = totp
  }

  /** How long a code is valid. Milliseconds. */
  get stepMs(): number {
    return this.#totp.period * 1000
  }

  /** Generates the code of a time step; steps are counted from 1970. */
  generateCode(step: number): Secret {
    return new Secret(this.#totp.generate({ timestamp: step * this.stepMs }))
  }

  /** Returns the secret in base32, as people type it. */
  toBase32(): Secret {
    return new Secret(this.#totp.secret.base32)
  }

  /** Returns the same key with the account's name, which authenticator apps list. */
  withLabel(username: string): TotpKey {
    const { secret, algorithm, digits, period } = this.#totp
    return new TotpKey(new TOTP({ issuer: 'Particle', label: username, secret, algorithm, digits, period }))
  }

  /** Returns the `otpauth:` URI. Defaults are left out, because a shorter URI makes a smaller QR code. */
  toUri(): Secret {
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

/** 80 bits. Shorter secrets are not known. */
const minLength = 16

/**
 * Parses a TOTP secret: base32 in any grouping and case, or the `otpauth:` URI of a QR code.
 *
 * @throws GrantsError `invalid_argument`, which never repeats the secret
 */
export function parseTotpKey(input: string | Secret): TotpKey {
  const text = (typeof input === 'string' ? input : input.reveal()).trim()
  if (text === '') throw invalidSecret('is empty')
  if (/^\d{6}$/.test(text)) {
    throw invalidSecret('looks like a code; pass the secret that the authenticator app was set up with')
  }
  return new TotpKey(/^otpauth:/i.test(text) ? parseUri(text) : parseBase32(text))
}

function parseUri(uri: string): TOTP {
  const parsed = tryParseUri(uri)
  if (parsed === undefined) throw invalidSecret('is not a valid otpauth: URI')
  if (!(parsed instanceof TOTP)) throw invalidSecret('is for counter-based codes (hotp); Particle uses totp')
  if (parsed.digits !== 6) throw invalidSecret('is not for codes of six digits')
  return parsed
}

/** Ignores the library's error, which may repeat the secret. */
function tryParseUri(uri: string): unknown {
  try {
    return URI.parse(uri)
  } catch {
    return undefined
  }
}

function parseBase32(text: string): TOTP {
  const secret = text.replace(/[\s-]/g, '').replace(/=+$/, '').toUpperCase()
  if (!/^[A-Z2-7]*$/.test(secret)) {
    throw invalidSecret('is not base32 (letters and the digits 2 to 7), nor an otpauth: URI')
  }
  if (secret.length < minLength) throw invalidSecret(`is too short; it has at least ${minLength} characters`)
  return new TOTP({ secret: TotpSecret.fromBase32(secret), issuer: 'Particle', label: 'account' })
}

function invalidSecret(problem: string): GrantsError {
  const parameter = 'The TOTP secret'
  return new GrantsError('invalid_argument', `${parameter} ${problem}.`, { parameter, problem })
}

// ─── The key in the keyring ──────────────────────────────────────────────────────────────────────────────────────────

/** The account that codes are for. */
export interface TotpAccount {
  readonly baseUrl: string
  readonly username: string
}

/** Returns the key of a record. It is a hash, so that it reveals neither the server nor the username. */
export function getRecordKey(kind: 'key' | 'steps', { baseUrl, username }: TotpAccount): string {
  const parts = ['totp', kind, new URL(baseUrl).origin, username.trim().toLowerCase()]
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex')
}

/** Loads the TOTP secret that is stored for an account. */
export async function loadTotpKey(keyring: Store, account: TotpAccount): Promise<TotpKey | undefined> {
  const record = await keyring.load(getRecordKey('key', account))
  return record && parseTotpKey(record.value)
}

/** Stores the TOTP secret of an account, in place of an earlier one. */
export async function saveTotpKey(keyring: Store, account: TotpAccount, key: TotpKey): Promise<void> {
  const name = getRecordKey('key', account)
  await keyring.withLock(name, async () => {
    const record = await keyring.load(name)
    await keyring.save(name, key.toUri().reveal(), record?.version ?? null)
  })
}

/** Removes the TOTP secret of an account. Returns whether there was one. */
export async function removeTotpKey(keyring: Store, account: TotpAccount): Promise<boolean> {
  const name = getRecordKey('key', account)
  return keyring.withLock(name, async () => {
    const record = await keyring.load(name)
    if (record !== undefined) await keyring.remove(name, record.version)
    return record !== undefined
  })
}
