import { GrantsError } from '@particle-grants/core'
import { getAccountName } from '@particle-grants/node/profiles'
import type { Connections } from '@particle-grants/node/sessions'
import type { Reporter } from '../command/grants-command.ts'
import { isGrantsError } from '../errors/cli-error.ts'
import { formatAttempts } from '../output/format.ts'
import { promptCode, promptSecret } from '../output/prompts.ts'
import type { TotpKey } from '../totp/totp.ts'
import type { Login } from './begin.ts'
import type { ChallengeAnswer } from './flags.ts'

export interface ChallengeOptions {
  /** Undefined: use the stored TOTP secret, or prompt. */
  readonly answer: ChallengeAnswer | undefined
  readonly canPrompt: boolean
  readonly connections: Connections
  readonly reporter: Reporter
}

/**
 * Answers the MFA challenge of a sign-in, if it has one.
 *
 * @throws GrantsError `mfa_required` if a code is needed; the challenge is then stored
 */
export async function answerChallenge(login: Login, options: ChallengeOptions): Promise<void> {
  const { answer, canPrompt, connections } = options
  const { state } = login.session
  if (state.status !== 'mfa_required') return
  // Before a code is sent: after a wrong one, the next call needs the challenge.
  if (answer !== undefined || !canPrompt) await savePending(login, options)
  try {
    if (answer !== undefined) return await submitAnswer(answer, login, options)
    await submitStoredKey(login, options)
    if (login.session.state.status !== 'mfa_required') return
    if (canPrompt) return await promptCodes(login, options)
  } catch (thrown) {
    if (isGrantsError(thrown, 'challenge_expired')) await removePending(login.profile, connections)
    throw thrown
  }
  throw new GrantsError('mfa_required', 'MFA code required.', state.challenge)
}

/** Stores a challenge for the next call. The profile keeps its current sign-in. */
async function savePending(login: Login, { connections }: ChallengeOptions): Promise<void> {
  await login.save()
  await connections.profiles.changeProfile(login.profile, (before) => ({ ...before, pending: login.signIn }))
}

export async function removePending(profile: string, { profiles }: Connections): Promise<void> {
  await profiles.changeProfile(profile, ({ pending: _, ...rest }) => (rest.signIn === undefined ? undefined : rest))
}

async function submitAnswer({ kind, value }: ChallengeAnswer, login: Login, options: ChallengeOptions): Promise<void> {
  if (kind === 'totp') {
    const { parseTotpKey } = await import('../totp/totp.ts')
    return submitKey(login, options, { key: parseTotpKey(value) })
  }
  const { submitOtp, submitRecoveryCode } = login.session
  await options.reporter.progress('Checking the code', () => (kind === 'otp' ? submitOtp : submitRecoveryCode)(value))
}

// ─── Prompts ─────────────────────────────────────────────────────────────────────────────────────────────────────────

const recoveryCode = /^[0-9a-z]{4}(?:-[0-9a-z]{4}){2}$/i
/** What the prompt for an authenticator's code accepts beside six digits. */
const otherInput = new RegExp(`^r$|${recoveryCode.source}`, 'i')

type CodeKind = 'otp' | 'recovery'

/** Prompts for codes until one is accepted or the challenge ends. `r` prompts for recovery codes, `a` for codes again. */
async function promptCodes({ session }: Login, { reporter }: ChallengeOptions): Promise<void> {
  const rejected = new Set<string>()
  let prompted: CodeKind = 'otp'
  while (session.state.status === 'mfa_required') {
    const attempts = formatAttempts(session.state.challenge.attemptsLeft)
    const message = `Authenticator code (${attempts}, r = recovery code):`
    const code = await (prompted === 'otp' ? promptCode(message, rejected, otherInput) : promptSecret('Recovery code:'))
    const typed = code.reveal().trim().toLowerCase()
    const kind = getTypedKind(typed, prompted)
    prompted = kind
    if (typed === 'r') reporter.note('Particle documents recovery codes only for login.particle.io.')
    if (typed === 'r' || typed === 'a') continue
    const submit = kind === 'otp' ? session.submitOtp : session.submitRecoveryCode
    // A person who reads a new code each time is not held back by earlier refusals; a script is.
    const submission = reporter.progress('Checking the code', () => submit(code, { force: true }))
    await submission.catch((thrown: unknown) => reportRejection(thrown, kind, reporter))
    rejected.add(typed)
  }
}

/** Returns which kind of code was typed at a prompt, or which kind the next prompt is for. */
function getTypedKind(typed: string, prompted: CodeKind): CodeKind {
  if (typed === 'a') return 'otp'
  return typed === 'r' || recoveryCode.test(typed) ? 'recovery' : prompted
}

function reportRejection(thrown: unknown, kind: CodeKind, reporter: Reporter): void {
  if (!isGrantsError(thrown, 'invalid_code')) throw thrown
  const left = formatAttempts(thrown.details.attemptsLeft)
  const advice = `recovery code; ${left}. Enter another one, or a for an authenticator code.`
  reporter.caution(`Particle rejected the ${kind === 'otp' ? 'code. Wait for the next one.' : advice}`)
}

// ─── Codes generated from a TOTP secret ──────────────────────────────────────────────────────────────────────────────

/**
 * Submits a code of the TOTP secret in the keyring, if there is one. After a rejection, a person who can be prompted
 * knows a better code; otherwise one more code is sent.
 */
async function submitStoredKey(login: Login, options: ChallengeOptions): Promise<void> {
  const { canPrompt, connections, reporter } = options
  const username = getAccountName(login.signIn)
  const keyring = await connections.stores.findKeyring()
  if (keyring === undefined || username === null) return
  const { loadTotpKey } = await import('../totp/totp.ts')
  const key = await loadTotpKey(keyring, { baseUrl: login.signIn.baseUrl, username })
  if (key === undefined) return
  reporter.note('Using the TOTP secret in the keyring.')
  try {
    await submitKey(login, options, { key, maxCodes: canPrompt ? 1 : 2 })
  } catch (thrown) {
    if (!isGrantsError(thrown, 'invalid_code')) throw thrown
    const forget = reporter.formatCommand('auth mfa forget', '--username', username)
    reporter.caution(
      `Particle rejected the code of the TOTP secret in the keyring. If it is outdated, remove it:\n  ${forget}`,
    )
    if (!canPrompt) throw thrown
  }
}

async function submitKey(
  { session, signIn }: Login,
  { connections, reporter }: ChallengeOptions,
  { key, maxCodes }: { readonly key: TotpKey; readonly maxCodes?: 1 | 2 },
): Promise<void> {
  const { submitTotp } = await import('../totp/totp.ts')
  await submitTotp(session, {
    key,
    maxCodes,
    account: { baseUrl: signIn.baseUrl, username: getAccountName(signIn) ?? signIn.subject },
    // Where the time steps of used codes are kept: Particle accepts each code once.
    steps: await connections.stores.get('file'),
    onWait: (ms) => reporter.note(`Waiting ${Math.ceil(ms / 1000)} s for the next code.`),
  })
}
