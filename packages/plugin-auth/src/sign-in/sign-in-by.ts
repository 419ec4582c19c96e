import { GrantsError } from '@particle-grants/core'
import type { MachineTokens } from '@particle-grants/core/machine'
import { particleUrl } from '@particle-grants/core/protocol'
import { checkBaseUrl } from '../connection/base-url.ts'
import { chooseStore } from '../connection/choose-store.ts'
import type { Connections } from '../connection/connection.ts'
import { type ProfileSource, tokenVariable } from '../connection/source.ts'
import { accountOf } from '../connection/wording.ts'
import { CliError } from '../errors/cli-error.ts'
import { askChoice } from '../terminal/prompts.ts'
import { loadState } from '../token/stored-state.ts'
import { getTokenFacts } from '../token/token-facts.ts'
import type { Telling } from './answer-challenge.ts'
import { finishSignIn } from './finish.ts'
import { askPasswordAgain, gatherPlan } from './gather-plan.ts'
import { offerToForgetKey } from './kept-key-offer.ts'
import { lifetimeOf } from './lifetime.ts'
import type { LoginFlags } from './login-flags.ts'
import { type LoginSecrets, readLoginSecrets } from './login-secrets.ts'
import { passChallenge } from './pass-challenge.ts'
import type { SignInPlan } from './plan.ts'
import type { Finished } from './result.ts'
import { dropPending } from './settle.ts'
import { tokenOfParticleCli } from './share-with-particle-cli.ts'
import { beginSignIn, resumeSignIn, type SignInTerms, type SignInUnderWay } from './sign-in-under-way.ts'

/** What a sign-in is made from. */
export interface SignInCall {
  readonly flags: LoginFlags
  readonly connections: Connections
  readonly source: ProfileSource
  readonly mayAsk: boolean
  readonly telling: Telling
}

/** A call, with what was read for it. */
interface Prepared extends SignInCall {
  readonly secrets: LoginSecrets
}

/** Signs in as flags, stdin, environment and answers say, and stores it. Rejects with `mfa_required` where a code is awaited. */
export async function signInBy(call: SignInCall): Promise<Finished> {
  const { flags, connections, source, mayAsk, telling } = call
  assertSeen(call)
  lifetimeOf(flags['expires-in'], flags['never-expires'])
  const secrets = await readLoginSecrets(flags)
  const prepared = { ...call, secrets }
  const earlier = await loadEarlierTokens(prepared)
  const pending = await resumePending(prepared)
  const underWay = pending ?? (await begun(prepared))
  const { keptKeyRefused } = await passChallenge(underWay, {
    profile: source.name,
    answer: secrets.answer,
    mayAsk,
    isResumed: pending !== undefined,
    connections,
    telling,
  })
  const finished = await finishSignIn(underWay, { flags, source, earlier, connections, telling })
  if (keptKeyRefused) await offerToForgetKey(finished.signIn, connections, telling)
  return finished
}

/** A token of the environment would be used before whatever is signed in here. */
function assertSeen({ source, telling }: SignInCall): void {
  const variable = tokenVariable(process.env)
  if (variable === undefined) return
  if (source.chosenBy === 'flag') {
    telling.caution(`${variable} is set: it is used wherever --profile is not given.`)
    return
  }
  throw new CliError('environment_token', {
    what: `${variable} is set, and would be used before this sign-in.`,
    remedy: `Unset ${variable}, or sign in with --profile and name that profile in every call.`,
  })
}

/** The tokens that the profile has so far, where they can be read. */
async function loadEarlierTokens({ source, connections }: Prepared): Promise<MachineTokens | undefined> {
  const signIn = source.profile?.signIn
  if (signIn === undefined) return undefined
  try {
    const store = await connections.stores.get(signIn.store)
    const state = await loadState(signIn, { profile: source.name, store })
    return state && getTokenFacts(state)?.tokens
  } catch {
    // The new sign-in replaces it.
    return undefined
  }
}

/** The sign-in that waits for its code, where this call is to answer it. */
async function resumePending(prepared: Prepared): Promise<SignInUnderWay | undefined> {
  const { flags, secrets, source, connections, mayAsk } = prepared
  const pending = source.profile?.pending
  const namesSomebody =
    flags.username ?? flags['client-id'] ?? flags.customer ?? secrets.token ?? secrets.password
  const onlyCode = secrets.answer !== undefined && namesSomebody === undefined
  if (onlyCode && pending === undefined) {
    throw new GrantsError('no_challenge', 'No sign-in is waiting for a code.', {})
  }
  if (
    pending === undefined ||
    !(onlyCode || (mayAsk && namesSomebody === undefined && !flags['from-particle-cli']))
  ) {
    return undefined
  }
  const underWay = await resumeSignIn(pending, { profile: source.name, connections })
  if (
    underWay.session.state.status === 'mfa_required' &&
    (onlyCode || (await wantsToGoOn(accountOf(pending))))
  )
    return underWay
  if (onlyCode) {
    await dropPending(source.name, connections)
    throw new GrantsError('challenge_expired', 'The MFA challenge has expired. Sign in again.', {
      reason: 'age',
    })
  }
  return undefined
}

function wantsToGoOn(account: string): Promise<boolean> {
  return askChoice({
    message: `The sign-in of ${account} waits for its code.`,
    instead: '--otp-stdin',
    choices: [
      { value: true, name: 'Give the code' },
      { value: false, name: 'Start over' },
    ],
  })
}

async function begun(prepared: Prepared): Promise<SignInUnderWay> {
  const { flags, source, connections, telling, mayAsk, secrets } = prepared
  const before = source.profile?.signIn ?? source.profile?.pending
  const baseUrl = await baseUrlOf(prepared)
  const store = await chooseStore(source.store ?? before?.store, connections.stores)
  if (baseUrl !== particleUrl) telling.note(`Signing in at ${baseUrl}.`)
  const inputs = { flags, secrets, mayAsk, before, env: process.env }
  const expiresIn = lifetimeOf(flags['expires-in'], flags['never-expires'])
  const terms: SignInTerms = { profile: source.name, baseUrl, store, expiresIn }
  let plan = await gatherPlan(inputs)
  if (flags['particle-cli'] && !isDevelopers(plan)) throw notForParticleCli()
  for (;;) {
    try {
      return await telling.progress('Signing in', () => beginSignIn(plan, terms, connections))
    } catch (thrown) {
      // A password that was given another way would be the same one again.
      const wasAsked = mayAsk && secrets.password === undefined
      if (plan.by !== 'password' || !wasAsked || !isWrongPassword(thrown)) throw thrown
      telling.note('Wrong username or password.')
      plan = await askPasswordAgain(inputs, plan)
    }
  }
}

function isWrongPassword(thrown: unknown): boolean {
  if (!GrantsError.isInstance(thrown) || thrown.code !== 'oauth_error') return false
  return thrown.details.error === 'invalid_grant'
}

function isDevelopers(plan: SignInPlan): boolean {
  return plan.by === 'password' && plan.client.kind === 'developer'
}

async function baseUrlOf({ flags, source }: Prepared): Promise<string> {
  if (source.baseUrl !== undefined) return source.baseUrl
  if (flags['from-particle-cli']) return checkBaseUrl((await tokenOfParticleCli()).baseUrl)
  return (source.profile?.signIn ?? source.profile?.pending)?.baseUrl ?? particleUrl
}

function notForParticleCli(): CliError {
  return new CliError('usage', {
    what: "particle-cli can only be given the token of an account that signs in with a developer's client.",
    remedy: 'Leave --particle-cli out, or sign in with username and password and no --client-id.',
  })
}
