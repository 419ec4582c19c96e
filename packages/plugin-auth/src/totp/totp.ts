import { createHash } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { type Clock, GrantsError, Secret, type SignInSession, type Store } from '@particle-grants/core'
import { removeRecord, saveRecord } from '@particle-grants/node/profiles'
import { TOTP, Secret as TotpSecret, URI } from 'otpauth'
import { isGrantsError } from '../errors/cli-error.ts'

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

  /** Returns the `otpauth:` URI. Defaults are left out, because a shorter URI makes a smaller QR code. */
  toUri(): Secret {
    return new Secret(this.#totp.toString().replace(/&(?:algorithm=SHA1|digits=6|period=30)(?=&|$)/g, ''))
  }
}

/** 80 bits. Shorter secrets are not known. */
const minLength = 16

/**
 * Parses a TOTP secret: base32 in any grouping and case, or the `otpauth:` URI of a QR code.
 *
 * @param label - the account's name, which authenticator apps list
 * @throws GrantsError `invalid_argument`, which never repeats the secret
 */
export function parseTotpKey(input: string | Secret, label?: string): TotpKey {
  const text = (typeof input === 'string' ? input : input.reveal()).trim()
  if (text === '') throw invalidSecret('is empty')
  if (/^\d{6}$/.test(text)) {
    throw invalidSecret('looks like a code; pass the secret that the authenticator app was set up with')
  }
  const totp = /^otpauth:/i.test(text) ? parseUri(text) : parseBase32(text)
  if (label !== undefined) Object.assign(totp, { issuer: 'Particle', label })
  return new TotpKey(totp)
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
  return new TOTP({ secret: TotpSecret.fromBase32(secret) })
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
  await saveRecord(keyring, getRecordKey('key', account), key.toUri().reveal())
}

/** Removes the TOTP secret of an account. Returns whether there was one. */
export function removeTotpKey(keyring: Store, account: TotpAccount): Promise<boolean> {
  return removeRecord(keyring, getRecordKey('key', account))
}

// ─── Codes ───────────────────────────────────────────────────────────────────────────────────────────────────────────

/** A TOTP secret, and where the time steps whose code was sent are recorded. */
export interface TotpOptions {
  readonly key: TotpKey
  readonly account: TotpAccount
  /** All processes of a machine must use the same store. */
  readonly steps: Store
  readonly clock?: Pick<Clock, 'now' | 'sleep'>
  /** How many codes {@link submitTotp} may send. @default 2 */
  readonly maxCodes?: 1 | 2 | undefined
  /** Called before each wait for the next code. */
  readonly onWait?: (waitMs: number) => void
}

/**
 * Answers the MFA challenge of a session with a generated code. The code of a time step is sent once only, whichever
 * process sends it; if it was used, this waits for the next one. After a rejected code it sends one more: two rejections
 * mean that the secret or the clock is wrong.
 */
export async function submitTotp(session: Pick<SignInSession, 'submitOtp'>, options: TotpOptions): Promise<void> {
  try {
    await session.submitOtp(await takeCode(options))
  } catch (thrown) {
    if (options.maxCodes === 1 || !isGrantsError(thrown, 'invalid_code')) throw thrown
    await session.submitOtp(await takeCode(options))
  }
}

const systemClock: Clock = { now: () => Date.now(), sleep: (ms) => delay(ms) }

/** Generates a code that no other process sends. Waits for the next time step if the current one was used. */
export async function takeCode({ key, account, steps, clock = systemClock, onWait }: TotpOptions): Promise<Secret> {
  for (;;) {
    const step = Math.floor(clock.now() / key.stepMs)
    const nextStep = await claimStep(steps, account, step)
    if (nextStep === undefined) return key.generateCode(step)
    const waitMs = nextStep * key.stepMs - clock.now()
    onWait?.(waitMs)
    await clock.sleep?.(waitMs)
  }
}

/** A clock that was set back by up to 2 steps waits. If it was set back by more, it was wrong before. */
const maxStepsBack = 2

/**
 * Claims a time step: only this caller may send its code. It counts as used, even if sending fails. Returns the step to
 * wait for if it was used; `undefined`: it is claimed.
 */
export async function claimStep(steps: Store, account: TotpAccount, step: number): Promise<number | undefined> {
  const name = getRecordKey('steps', account)
  return steps.withLock(name, async () => {
    const record = await steps.load(name)
    // A damaged record is no number: its codes have expired.
    const used = Number(record?.value)
    if (used >= step && used - step <= maxStepsBack) return used + 1
    await steps.save(name, String(step), record?.version ?? null)
    return undefined
  })
}
