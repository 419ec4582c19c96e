import { GrantsError } from '@particle-grants/core'
import { isTokenValid, type MachineTokens } from '@particle-grants/core/machine'
import { particleUrl } from '@particle-grants/core/protocol'
import type { Reporter } from '../command/grants-command.ts'
import type { Connections } from '../connection/connection.ts'
import { checkBaseUrl, findTokenVariable, type ProfileSource } from '../connection/source.ts'
import { loadToken } from '../connection/stored-token.ts'
import { CliError, isGrantsError } from '../errors/cli-error.ts'
import { isWrongPassword } from '../errors/error-map.ts'
import { beginLogin, type Login, resumeLogin } from './begin.ts'
import { answerChallenge } from './challenge.ts'
import { finishLogin, removePending } from './finish.ts'
import { type LoginFlags, type LoginSecrets, parseLifetime, readLoginSecrets } from './flags.ts'
import { promptPasswordAgain, readParticleCliToken, resolveLogin } from './inputs.ts'

export interface LoginOptions {
  readonly flags: LoginFlags
  readonly connections: Connections
  readonly source: ProfileSource
  readonly canPrompt: boolean
  readonly reporter: Reporter
}

/** The steps of `auth login`: flags and stdin, prompts, the first request, the MFA challenge, and the profile. */
export async function login(options: LoginOptions): Promise<void> {
  const { flags, source, connections, canPrompt, reporter } = options
  assertVisible(options)
  // A wrong flag is an error before anything is read or sent.
  const expiresIn = parseLifetime(flags['expires-in'])
  const secrets = await readLoginSecrets(flags)
  const previousTokens = await loadTokens(source, connections)
  const resumed = await resumePending(options, secrets)
  const current = resumed ?? (await begin(options, { secrets, expiresIn, previousTokens }))
  await answerChallenge(current, {
    profile: source.name,
    answer: secrets.answer,
    canPrompt,
    isResumed: resumed !== undefined,
    connections,
    reporter,
  })
  await finishLogin(current, { source, previousTokens, connections, reporter })
}

/** A token in the environment would be used instead of this sign-in. */
function assertVisible({ source, reporter }: LoginOptions): void {
  const variable = findTokenVariable()
  if (variable === undefined) return
  if (source.chosenBy !== 'flag') {
    throw new CliError('environment_token', {
      what: `${variable} is set. Its token would be used instead of this sign-in.`,
      remedy: `Unset ${variable}, or sign in with --profile and pass that to each command.`,
    })
  }
  reporter.caution(`${variable} is set: its token is used by every command without --profile.`)
}

/** Returns the tokens that the profile has so far. */
async function loadTokens({ profile, name }: ProfileSource, { stores }: Connections) {
  const signIn = profile?.signIn
  if (signIn === undefined) return undefined
  const store = await stores.get(signIn.store)
  // A record that can't be read is replaced.
  return (await loadToken(signIn, { profile: name, store }).catch(() => undefined))?.tokens
}

/** Resumes the sign-in that waits for its MFA code, if this call has a code and nothing else. */
async function resumePending(
  { flags, source, connections }: LoginOptions,
  secrets: LoginSecrets,
): Promise<Login | undefined> {
  const credentials = [flags.username, flags['client-id'], flags.customer, secrets.password, secrets.token]
  if (secrets.answer === undefined || credentials.some((one) => one !== undefined)) return undefined
  const pending = source.profile?.pending
  if (pending === undefined) throw new GrantsError('no_challenge', 'No sign-in is waiting for a code.', {})
  const resumed = await resumeLogin(pending, source.name, connections)
  if (resumed.session.state.status === 'mfa_required') return resumed
  await removePending(source.name, connections)
  throw new GrantsError('challenge_expired', 'The MFA challenge has expired.', { reason: 'age' })
}

interface BeginOptions {
  readonly secrets: LoginSecrets
  readonly expiresIn: number | undefined
  readonly previousTokens: MachineTokens | undefined
}

/** Resolves the credentials and sends the first request. A wrong password is prompted for again. */
async function begin(options: LoginOptions, { secrets, expiresIn, previousTokens }: BeginOptions): Promise<Login> {
  const { flags, source, connections, canPrompt, reporter } = options
  const current = source.profile?.signIn ?? source.profile?.pending
  const baseUrl = await getBaseUrl(options)
  const store = await connections.stores.choose(source.store ?? current?.store)
  if (canPrompt || baseUrl !== particleUrl) reporter.note(`Signing in to ${baseUrl.replace('https://', '')}.`)
  const isSignedIn = previousTokens !== undefined && isTokenValid(previousTokens, Date.now())
  const profile = { name: source.name, current, isSignedIn }
  const target = { profile: source.name, baseUrl, store, expiresIn }
  let request = await resolveLogin({ flags, secrets, canPrompt, profile, reporter })
  for (;;) {
    try {
      const send = () => beginLogin(request, target, connections)
      return await reporter.progress('Signing in', send)
    } catch (thrown) {
      const isRefused = isGrantsError(thrown, 'oauth_error') && isWrongPassword(thrown.details)
      const isRetryable = canPrompt && secrets.password === undefined && isRefused
      if (request.kind !== 'password' || !isRetryable) throw thrown
      reporter.caution('Wrong username or password. Ten failures block your IP for 30 minutes.')
      request = await promptPasswordAgain(request)
    }
  }
}

async function getBaseUrl({ flags, source }: LoginOptions): Promise<string> {
  if (source.baseUrl !== undefined) return source.baseUrl
  if (flags['from-particle-cli']) {
    return checkBaseUrl((await readParticleCliToken()).baseUrl, "particle-cli's apiUrl")
  }
  return (source.profile?.signIn ?? source.profile?.pending)?.baseUrl ?? particleUrl
}
