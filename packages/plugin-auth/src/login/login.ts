import { GrantsError } from '@particle-grants/core'
import { isTokenValid } from '@particle-grants/core/machine'
import { particleUrl } from '@particle-grants/core/protocol'
import type { Reporter } from '../command/grants-command.ts'
import type { Connections } from '../connection/connection.ts'
import { checkBaseUrl, findProfile, findTokenVariable, type ProfileSource } from '../connection/source.ts'
import { loadToken } from '../connection/stored-token.ts'
import { CliError } from '../errors/cli-error.ts'
import { isWrongPassword } from '../errors/error-map.ts'
import { formatAccount } from '../output/format.ts'
import { promptChoice } from '../output/prompts.ts'
import { beginLogin, type Login, resumeLogin } from './begin.ts'
import { answerChallenge } from './challenge.ts'
import { finishLogin, removePending } from './finish.ts'
import { type LoginFlags, type LoginSecrets, parseLifetime, readLoginSecrets } from './flags.ts'
import { promptOtherProfile, promptPasswordAgain, readParticleCliToken, resolveLogin } from './inputs.ts'

export interface LoginOptions {
  readonly flags: LoginFlags
  readonly connections: Connections
  readonly source: ProfileSource
  readonly canPrompt: boolean
  readonly reporter: Reporter
  /** Called if another profile is chosen, so that messages name it. */
  readonly onSource: (source: ProfileSource) => void
}

/** The steps of `auth login`: flags and stdin, prompts, the first request, the MFA challenge, and the profile. */
export async function login(options: LoginOptions): Promise<void> {
  const { flags, connections, canPrompt, reporter } = options
  assertVisible(options)
  // A wrong flag is an error before anything is read or sent.
  const expiresIn = parseLifetime(flags['expires-in'])
  const secrets = await readLoginSecrets(flags)
  const resumed = await resumePending(options, secrets)
  const { login: current, source } = resumed ?? (await begin(options, { secrets, expiresIn }))
  const previousTokens = await loadTokens(source, connections)
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

interface Started {
  readonly login: Login
  readonly source: ProfileSource
}

/** Resumes the sign-in that waits for its MFA code, if this call has a code and nothing else, or a person agrees. */
async function resumePending(
  { flags, source, connections, canPrompt }: LoginOptions,
  secrets: LoginSecrets,
): Promise<Started | undefined> {
  const pending = source.profile?.pending
  const credentials = [flags.username, flags['client-id'], flags.customer, secrets.password, secrets.token]
  const hasCredentials = credentials.some((one) => one !== undefined)
  const isCodeOnly = secrets.answer !== undefined && !hasCredentials
  if (pending === undefined) {
    if (isCodeOnly) throw new GrantsError('no_challenge', 'No sign-in is waiting for a code.', {})
    return undefined
  }
  const isOtherToken = flags['with-token'] || flags['from-particle-cli']
  if (!isCodeOnly && (!canPrompt || hasCredentials || isOtherToken)) return undefined
  const resumed = await resumeLogin(pending, source.name, connections)
  if (resumed.session.state.status === 'mfa_required') {
    if (isCodeOnly) return { login: resumed, source }
    const isWanted = await promptChoice({
      message: `The sign-in of ${formatAccount(pending)} waits for its MFA code.`,
      flag: '--otp-stdin',
      choices: [
        { value: true, name: 'Enter the code' },
        { value: false, name: 'Start over' },
      ],
    })
    return isWanted ? { login: resumed, source } : undefined
  }
  if (!isCodeOnly) return undefined
  await removePending(source.name, connections)
  throw new GrantsError('challenge_expired', 'The MFA challenge has expired.', { reason: 'age' })
}

/** Resolves the credentials and sends the first request. A wrong password is prompted for again. */
async function begin(
  options: LoginOptions,
  { secrets, expiresIn }: { readonly secrets: LoginSecrets; readonly expiresIn: number | undefined },
): Promise<Started> {
  const { flags, connections, canPrompt, reporter } = options
  let { source } = options
  const current = source.profile?.signIn ?? source.profile?.pending
  const baseUrl = await getBaseUrl(options)
  const store = await connections.stores.choose(source.store ?? current?.store)
  if (baseUrl !== particleUrl) reporter.note(`Signing in to ${baseUrl}.`)
  const onOtherAccount = async () => {
    source = await chooseProfile({ ...options, source })
    options.onSource(source)
  }
  const input = { flags, secrets, canPrompt, current, onOtherAccount, reporter }
  let request = await resolveLogin(input)
  for (;;) {
    const target = { profile: source.name, baseUrl, store, expiresIn }
    try {
      const send = () => beginLogin(request, target, connections)
      return { login: await reporter.progress('Signing in', send), source }
    } catch (thrown) {
      const isRetryable = canPrompt && secrets.password === undefined && isRefusedPassword(thrown)
      if (request.kind !== 'password' || !isRetryable) throw thrown
      reporter.caution('Wrong username or password. Ten failures block your IP for 30 minutes.')
      request = await promptPasswordAgain(request)
    }
  }
}

/** Offers another profile before the account of this one is replaced. */
async function chooseProfile(options: LoginOptions): Promise<ProfileSource> {
  const { source, canPrompt, connections } = options
  const signIn = source.profile?.signIn
  const tokens = await loadTokens(source, connections)
  const isUsed = signIn !== undefined && tokens !== undefined && isTokenValid(tokens, Date.now())
  if (!canPrompt || !isUsed) return source
  const taken = Object.keys((await connections.profiles.read()).profiles)
  const name = await promptOtherProfile(source.name, { account: formatAccount(signIn), taken })
  if (name === undefined) return source
  const other = await findProfile({ profile: name }, connections.profiles)
  return { ...other, baseUrl: signIn.baseUrl, store: source.store }
}

async function getBaseUrl({ flags, source }: LoginOptions): Promise<string> {
  if (source.baseUrl !== undefined) return source.baseUrl
  if (flags['from-particle-cli']) {
    return checkBaseUrl((await readParticleCliToken()).baseUrl, "particle-cli's apiUrl")
  }
  return (source.profile?.signIn ?? source.profile?.pending)?.baseUrl ?? particleUrl
}

function isRefusedPassword(thrown: unknown): boolean {
  return GrantsError.isInstance(thrown) && thrown.code === 'oauth_error' && isWrongPassword(thrown.details)
}
