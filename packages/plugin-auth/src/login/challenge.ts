import { GrantsError, Secret, type Store } from '@particle-grants/core'
import type { Reporter } from '../command/grants-command.ts'
import type { Connections } from '../connection/connection.ts'
import { isGrantsError } from '../errors/cli-error.ts'
import { formatAttempts, getAccountName } from '../output/format.ts'
import { promptCode, promptSecret } from '../output/prompts.ts'
import type { Login } from './begin.ts'
import { removePending, savePending } from './finish.ts'
import type { ChallengeAnswer } from './flags.ts'

export interface ChallengeOptions {
  readonly profile: string
  /** Undefined: use the stored TOTP secret, or prompt. */
  readonly answer: ChallengeAnswer | undefined
  readonly canPrompt: boolean
  /** Whether an earlier call has stored the challenge. */
  readonly isResumed: boolean
  readonly connections: Connections
  readonly reporter: Reporter
}

/**
 * Answers the MFA challenge of a sign-in, if it has one.
 *
 * @throws GrantsError `mfa_required` if a code is needed; the challenge is then stored
 */
export async function answerChallenge(login: Login, options: ChallengeOptions): Promise<void> {
  try {
    await tryAnswers(login, options)
  } catch (thrown) {
    if (isGrantsError(thrown, 'challenge_expired')) await removePending(options.profile, options.connections)
    throw thrown
  }
}

async function tryAnswers(login: Login, options: ChallengeOptions): Promise<void> {
  const { answer, canPrompt, isResumed, profile, connections } = options
  const { state } = login.session
  if (state.status !== 'mfa_required') return
  // Before the code is sent: after a wrong code, the next call needs the challenge.
  if (!isResumed && (answer !== undefined || !canPrompt)) await savePending(login, profile, connections)
  if (answer !== undefined) return submitAnswer(answer, login, options)
  if (!isResumed) await submitStoredKey(login, options)
  if (login.session.state.status !== 'mfa_required') return
  if (canPrompt) return promptCodes(login, options)
  const { attemptsLeft, expiresAt } = state.challenge
  throw new GrantsError('mfa_required', 'MFA code required.', { attemptsLeft, expiresAt })
}

async function submitAnswer({ kind, value }: ChallengeAnswer, login: Login, options: ChallengeOptions): Promise<void> {
  const { session } = login
  const { progress } = options.reporter
  if (kind === 'otp') await progress('Checking the code', () => session.submitOtp(value))
  else if (kind === 'recovery-code') {
    await progress('Checking the recovery code', () => session.submitRecoveryCode(value))
  } else {
    const { parseTotpKey } = await import('../totp/key.ts')
    await submitKey(login, options, { key: parseTotpKey(value) })
  }
}

/** `r`, or a recovery code. */
const recovery = /^(?:r|[0-9a-z]{4}(?:-[0-9a-z]{4}){2})$/i

/** Prompts for codes until one is accepted or the challenge ends. `r` prompts for recovery codes, `a` for codes again. */
async function promptCodes(login: Login, { reporter }: ChallengeOptions): Promise<void> {
  const rejected = new Set<string>()
  let isRecovery = false
  for (;;) {
    const code: Secret = isRecovery
      ? await promptSecret({ message: 'Recovery code:', flag: '--recovery-code-stdin' })
      : await promptAuthenticatorCode(login, rejected)
    const typed = code.reveal().trim().toLowerCase()
    isRecovery = typed !== 'a' && (isRecovery || recovery.test(typed))
    if (typed === 'r') reporter.note('Particle documents recovery codes only for login.particle.io.')
    if (typed === 'r' || typed === 'a') continue
    const rejection = await submitTyped(login, { code, isRecovery, reporter })
    if (rejection === undefined) return
    rejected.add(typed)
    reporter.caution(rejection)
  }
}

async function promptAuthenticatorCode({ session }: Login, rejected: ReadonlySet<string>): Promise<Secret> {
  const { state } = session
  const attempts = state.status === 'mfa_required' ? `${formatAttempts(state.challenge.attemptsLeft)}, ` : ''
  const message = `Authenticator code (${attempts}r = recovery code):`
  return new Secret(await promptCode({ message, flag: '--otp-stdin', rejected, alternative: recovery }))
}

/** Submits a typed code. Returns what to print if it was rejected. */
async function submitTyped(
  { session }: Login,
  { code, isRecovery, reporter }: { code: Secret; isRecovery: boolean; reporter: Reporter },
): Promise<string | undefined> {
  const submit = () =>
    isRecovery ? session.submitRecoveryCode(code, { force: true }) : session.submitOtp(code, { force: true })
  try {
    await reporter.progress('Checking the code', submit)
    return undefined
  } catch (thrown) {
    if (!isGrantsError(thrown, 'invalid_code')) throw thrown
    if (!isRecovery) return 'Particle rejected the code. Wait for the next one.'
    const left = formatAttempts(thrown.details.attemptsLeft)
    return `Particle rejected the recovery code; ${left}. Enter another one, or a for an authenticator code.`
  }
}

// ─── Codes generated from a TOTP secret ──────────────────────────────────────────────────────────────────────────────

/**
 * Submits a code of the TOTP secret in the keyring, if there is one. After a rejection, a person who can be prompted
 * knows a better code; otherwise one more code is sent.
 */
async function submitStoredKey(login: Login, options: ChallengeOptions): Promise<void> {
  const { canPrompt, connections, reporter } = options
  const { baseUrl } = login.signIn
  const username = getAccountName(login.signIn)
  if (username === null) return
  const { loadTotpKey } = await import('../totp/key.ts')
  const load = (keyring: Store) => loadTotpKey(keyring, { baseUrl, username })
  const key = await connections.stores.tryKeyring(load)
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
  { key, maxCodes }: { key: import('../totp/key.ts').TotpKey; maxCodes?: 1 | 2 },
): Promise<void> {
  const { submitTotp } = await import('../totp/submit.ts')
  await submitTotp(session, {
    key,
    maxCodes,
    account: { baseUrl: signIn.baseUrl, username: getAccountName(signIn) ?? '' },
    steps: await connections.stores.get('file'),
    onWait: (waitMs, reason) => {
      const why = reason === 'used' ? 'This code was already used' : 'The code was rejected'
      reporter.note(`${why}. Waiting ${Math.ceil(waitMs / 1000)} s for the next one.`)
    },
  })
}
