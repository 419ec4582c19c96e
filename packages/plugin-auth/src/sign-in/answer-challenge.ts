import { GrantsError, type MfaRequired, type SecretInput } from '@particle-grants/core'
import type { Connections } from '../connection/connection.ts'
import { nameOf } from '../connection/wording.ts'
import { askSecret, askText } from '../terminal/prompts.ts'
import type { SignInUnderWay } from './sign-in-under-way.ts'

/** What answers a challenge without anybody being asked. */
export type ChallengeAnswer =
  | { readonly by: 'otp' | 'recovery' | 'totp'; readonly value: SecretInput }
  | undefined

/** What answering tells on the way. */
export interface Telling {
  readonly note: (text: string) => void
  readonly progress: <T>(text: string, run: () => Promise<T>) => Promise<T>
}

/** Answers a challenge by what was given. */
export async function answerBy(
  answer: NonNullable<ChallengeAnswer>,
  underWay: SignInUnderWay,
  { connections, telling }: { readonly connections: Connections; readonly telling: Telling },
): Promise<void> {
  const { session } = underWay
  const { by, value } = answer
  if (by === 'otp') return void (await telling.progress('Checking the code', () => session.submitOtp(value)))
  if (by === 'recovery') {
    return void (await telling.progress('Checking the recovery code', () =>
      session.submitRecoveryCode(value),
    ))
  }
  const { parseTotpKey, submitTotp } = await import('../totp/index.ts')
  const key = parseTotpKey(value)
  await submitTotp(session, await totpOptions(underWay, { connections, telling, key }))
}

/** Answers a challenge with the key that is kept in the keyring, where one is. */
export async function answerByKeptKey(
  underWay: SignInUnderWay,
  { connections, telling }: { readonly connections: Connections; readonly telling: Telling },
): Promise<boolean> {
  const username = nameOf(underWay.signIn)
  if (username === null) return false
  const { keptTotpKey, submitTotp } = await import('../totp/index.ts')
  const key = await keptKey(
    () => connections.stores.get('keyring'),
    (keyring) => keptTotpKey(keyring, { baseUrl: underWay.signIn.baseUrl, username }),
  )
  if (key === undefined) return false
  telling.note('The code comes from the key in the keyring.')
  await submitTotp(underWay.session, await totpOptions(underWay, { connections, telling, key }))
  return true
}

/** Asks for codes until one is taken, or the challenge is over. `r` leads to the recovery codes. */
export async function answerByAsking(underWay: SignInUnderWay, telling: Telling): Promise<void> {
  while (underWay.state.status === 'mfa_required') {
    const { triesLeft } = (underWay.state as MfaRequired).challenge
    const tries = triesLeft === 1 ? 'one try left' : `${triesLeft} tries left`
    const code = await askText({
      message: `Code of your authenticator (${tries}; r for a recovery code):`,
      instead: '--otp-stdin',
    })
    try {
      await submit(underWay, code, telling)
    } catch (thrown) {
      if (!(GrantsError.isInstance(thrown) && isWorthAnotherTry(thrown.code))) throw thrown
      telling.note(
        thrown.code === 'invalid_argument' ? 'A code has six digits. Nothing was sent.' : thrown.message,
      )
    }
  }
}

async function submit({ session }: SignInUnderWay, code: string, telling: Telling): Promise<void> {
  if (code.toLowerCase() !== 'r') {
    await telling.progress('Checking the code', () => session.submitOtp(code))
    return
  }
  const recoveryCode = await askSecret({ message: 'Recovery code:', instead: '--recovery-code-stdin' })
  await telling.progress('Checking the recovery code', () => session.submitRecoveryCode(recoveryCode))
}

/** A refused code leaves the challenge open, and one that has no six digits was not even sent. */
function isWorthAnotherTry(code: string): boolean {
  return code === 'code_refused' || code === 'invalid_argument'
}

async function totpOptions<K>(
  { signIn }: SignInUnderWay,
  { connections, telling, key }: { connections: Connections; telling: Telling; key: K },
) {
  const steps = await connections.stores.get('file')
  const username = nameOf(signIn) ?? ''
  return {
    key,
    steps,
    account: { baseUrl: signIn.baseUrl, username },
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
