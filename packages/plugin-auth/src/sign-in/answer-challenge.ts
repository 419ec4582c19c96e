import { GrantsError, type MfaRequired, particleUrl, type SecretInput } from '@particle-grants/core'
import type { Connections } from '../connection/connection.ts'
import type { SignIn } from '../connection/profile.ts'
import { nameOf } from '../connection/wording.ts'
import { CliError } from '../errors/cli-error.ts'
import { askSecret, askText } from '../terminal/prompts.ts'
import type { CodeSender } from './code-sender.ts'

/** What answers a challenge without anybody being asked. */
export type ChallengeAnswer =
  | { readonly by: 'otp' | 'recovery' | 'totp'; readonly value: SecretInput }
  | undefined

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
  readonly sender: CodeSender
  readonly signIn: SignIn
  readonly connections: Connections
  readonly telling: Telling
}

/** Answers a challenge by what was given. */
export async function answerBy(
  { by, value }: NonNullable<ChallengeAnswer>,
  answering: Answering,
): Promise<void> {
  const { sender } = answering
  if (by === 'otp') return checkCode(value, answering)
  if (by === 'recovery') return checkRecoveryCode(value, answering)
  const { parseTotpKey, submitTotp } = await import('../totp/index.ts')
  await submitTotp(sender, { ...(await totpOptions(answering)), key: parseTotpKey(value) })
}

/**
 * Answers a challenge with the key that is kept in the keyring. `none`: there is none. `refused`: it fits no more;
 * said only where somebody can be asked, who knows a code: then one try is enough. Else it throws.
 */
export async function answerByKeptKey(
  answering: Answering,
  { mayAsk }: { readonly mayAsk: boolean },
): Promise<'taken' | 'refused' | 'none'> {
  const { signIn, connections, telling, sender } = answering
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
    await submitTotp(sender, { ...(await totpOptions(answering)), key, codes: mayAsk ? 1 : 2 })
    return 'taken'
  } catch (thrown) {
    if (!isRefusedCode(thrown)) throw thrown
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

/** Asks for codes until one is taken, or the challenge is over. `r` leads to the recovery codes. */
export async function answerByAsking(answering: Answering): Promise<void> {
  const { sender, telling } = answering
  while (sender.state.status === 'mfa_required') {
    const { triesLeft } = (sender.state as MfaRequired).challenge
    const tries = triesLeft === 1 ? 'one try left' : `${triesLeft} tries left`
    const code = await askText({
      message: `Code of your authenticator (${tries}; r for a recovery code):`,
      instead: '--otp-stdin',
    })
    try {
      if (code.toLowerCase() === 'r') await askRecoveryCode(answering)
      else await checkCode(code, answering)
    } catch (thrown) {
      const why = worthAnotherTry(thrown)
      if (why === undefined) throw thrown
      telling.note(why)
    }
  }
}

async function askRecoveryCode(answering: Answering): Promise<void> {
  answering.telling.note('It is tried: Particle documents recovery codes for login.particle.io only.')
  const code = await askSecret({ message: 'Recovery code:', instead: '--recovery-code-stdin' })
  await checkRecoveryCode(code, answering)
}

async function checkCode(code: SecretInput, { sender, telling }: Answering): Promise<void> {
  await telling.progress('Checking the code', () => sender.submitOtp(code))
}

async function checkRecoveryCode(code: SecretInput, { sender, telling }: Answering): Promise<void> {
  await telling.progress('Checking the recovery code', () => sender.submitRecoveryCode(code))
}

/** What is said before asking again. A refused code leaves the challenge open, and of the others none was sent. */
function worthAnotherTry(thrown: unknown): string | undefined {
  if (CliError.isInstance(thrown)) {
    if (thrown.code === 'code_sent_before') return 'This code was refused before. Wait for the next one.'
    return thrown.code === 'recovery_code_refused' ? thrown.message : undefined
  }
  if (!GrantsError.isInstance(thrown)) return undefined
  if (thrown.code === 'invalid_argument') return 'A code has six digits. Nothing was sent.'
  return thrown.code === 'code_refused' ? 'That code was refused. Wait for the next one.' : undefined
}

function isRefusedCode(thrown: unknown): boolean {
  if (CliError.isInstance(thrown)) return thrown.code === 'code_sent_before'
  return GrantsError.isInstance(thrown) && thrown.code === 'code_refused'
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
