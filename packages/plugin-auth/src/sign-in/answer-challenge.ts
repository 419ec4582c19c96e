import { GrantsError, type Secret } from '@particle-grants/core'
import { particleUrl } from '@particle-grants/core/protocol'
import type { Connections, SignInSession } from '../connection/connection.ts'
import type { SignIn } from '../connection/profile.ts'
import { nameOf } from '../connection/wording.ts'
import { askSecret, askText } from '../terminal/prompts.ts'

/** What answers a challenge without a prompt. */
export type ChallengeAnswer = { readonly by: 'otp' | 'recovery' | 'totp'; readonly value: Secret } | undefined

/** What answering tells on the way. */
export interface Telling {
  readonly note: (text: string) => void
  readonly caution: (text: string) => void
  readonly progress: <T>(text: string, run: () => Promise<T>) => Promise<T>
  /** The program's name, for what is told to call. */
  readonly bin: string
}

/** A challenge that is to be answered. */
export interface Answering {
  readonly session: SignInSession
  readonly signIn: SignIn
  readonly connections: Connections
  readonly telling: Telling
}

/** Answers a challenge by what was given. */
export async function answerBy(
  { by, value }: NonNullable<ChallengeAnswer>,
  answering: Answering,
): Promise<void> {
  if (by === 'otp') return checkCode(value, answering, { force: false })
  if (by === 'recovery') return checkRecoveryCode(value, answering, { force: false })
  const { parseTotpKey, submitTotp } = await import('../totp/index.ts')
  await submitTotp(answering.session, { ...(await totpOptions(answering)), key: parseTotpKey(value) })
}

/**
 * Answers a challenge with the key that is kept in the keyring. `none`: there is none. `refused`: it fits no more;
 * said only where somebody can be asked, who knows a code: then one try is enough. Else it throws.
 */
export async function answerByKeptKey(
  answering: Answering,
  { mayAsk }: { readonly mayAsk: boolean },
): Promise<'taken' | 'refused' | 'none'> {
  const { signIn, connections, telling, session } = answering
  const username = nameOf(signIn)
  if (username === null) return 'none'
  const { keptTotpKey, submitTotp } = await import('../totp/index.ts')
  const key = await keptKey(
    () => connections.stores.get('keyring'),
    (keyring) => keptTotpKey(keyring, { baseUrl: signIn.baseUrl, username }),
  )
  if (key === undefined) return 'none'
  telling.note('The code comes from the key in the keyring.')
  try {
    await submitTotp(session, { ...(await totpOptions(answering)), key, codes: mayAsk ? 1 : 2 })
    return 'taken'
  } catch (thrown) {
    if (!isRejectedCode(thrown)) throw thrown
    const refusal = 'The code of the key in the keyring was refused: key and account no longer fit.'
    telling.caution(mayAsk ? refusal : `${refusal} To forget the key: ${forgetting(signIn, telling.bin)}`)
    if (mayAsk) return 'refused'
    throw thrown
  }
}

/** The command that forgets the key of an account. */
export function forgetting(signIn: SignIn, bin: string): string {
  const address = signIn.baseUrl === particleUrl ? '' : ` --base-url ${signIn.baseUrl}`
  return `${bin} auth mfa forget --username ${nameOf(signIn)}${address}`
}

/** Asks for codes until one is accepted or the challenge is over. `r` asks for a recovery code. */
export async function answerByAsking(answering: Answering): Promise<void> {
  const { session, telling } = answering
  const rejected = new Set<string>()
  for (;;) {
    const { state } = session
    if (state.status !== 'mfa_required') return
    const { attemptsLeft } = state.challenge
    const attempts = attemptsLeft === 1 ? '1 attempt left' : `${attemptsLeft} attempts left`
    const given = await askText({
      message: `Authenticator code (${attempts}, r = recovery code):`,
      instead: '--otp-stdin',
    })
    const code = given.replace(/\s/g, '')
    if (rejected.has(code)) {
      telling.note('That code was rejected already. Wait for the next one.')
      continue
    }
    try {
      if (code.toLowerCase() === 'r') await askRecoveryCode(answering)
      else await checkCode(code, answering, { force: true })
    } catch (thrown) {
      const reason = toRetryReason(thrown)
      if (reason === undefined) throw thrown
      if (isRejectedCode(thrown)) rejected.add(code)
      telling.note(reason)
    }
  }
}

async function askRecoveryCode(answering: Answering): Promise<void> {
  answering.telling.note('May be rejected: Particle documents recovery codes only for login.particle.io.')
  const code = await askSecret({ message: 'Recovery code:', instead: '--recovery-code-stdin' })
  await checkRecoveryCode(code, answering, { force: true })
}

/** `force`: a person typed the code, so that no back-off holds it back. */
async function checkCode(
  code: string | Secret,
  { session, telling }: Answering,
  options: { readonly force: boolean },
): Promise<void> {
  await telling.progress('Checking the code', () => session.submitOtp(code, options))
}

async function checkRecoveryCode(
  code: Secret,
  { session, telling }: Answering,
  options: { readonly force: boolean },
): Promise<void> {
  await telling.progress('Checking the recovery code', () => session.submitRecoveryCode(code, options))
}

/** What to say before asking again; `undefined`: another code does not help. */
function toRetryReason(thrown: unknown): string | undefined {
  if (!GrantsError.isInstance(thrown)) return undefined
  if (thrown.code === 'invalid_argument') return 'Enter 6 digits.'
  return thrown.code === 'invalid_code' ? 'That code was rejected. Wait for the next one.' : undefined
}

function isRejectedCode(thrown: unknown): boolean {
  return GrantsError.isInstance(thrown) && thrown.code === 'invalid_code'
}

async function totpOptions({ signIn, connections, telling }: Answering) {
  const steps = await connections.stores.get('file')
  return {
    steps,
    account: { baseUrl: signIn.baseUrl, username: nameOf(signIn) ?? '' },
    onWait: (milliseconds: number, why: 'used' | 'refused') => {
      const reason = why === 'used' ? 'This code was sent before' : 'The code was refused'
      telling.note(`${reason}: waiting ${Math.ceil(milliseconds / 1000)} s for the next one.`)
    },
  }
}

/** Nothing where there is no keyring: somebody can be asked, or told. */
async function keptKey<S, K>(
  keyring: () => Promise<S>,
  find: (keyring: S) => Promise<K>,
): Promise<K | undefined> {
  try {
    return await find(await keyring())
  } catch (thrown) {
    if (GrantsError.isInstance(thrown) && thrown.code === 'store_unavailable') return undefined
    throw thrown
  }
}
