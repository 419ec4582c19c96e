import { GrantsError, particleUrl, type Tokens, tokensOf } from '@particle-grants/core'
import { checkedBaseUrl } from '../connection/base-url.ts'
import { chooseStore } from '../connection/choose-store.ts'
import { Connections } from '../connection/connection.ts'
import { findProfile, type ProfileSource, tokenVariable, type Wanted } from '../connection/source.ts'
import { accountOf } from '../connection/wording.ts'
import { CliError } from '../errors/cli-error.ts'
import { askChoice } from '../terminal/prompts.ts'
import type { Telling } from './answer-challenge.ts'
import { finishSignIn } from './finish.ts'
import { askAgain, gatherPlan } from './gather-plan.ts'
import { offerToForgetKey } from './kept-key-offer.ts'
import { lifetimeOf } from './lifetime.ts'
import type { LoginFlags } from './login-flags.ts'
import { type LoginSecrets, readLoginSecrets } from './login-secrets.ts'
import { passChallenge } from './pass-challenge.ts'
import type { SignInPlan } from './plan.ts'
import type { Finished } from './result.ts'
import { dropPending } from './settle.ts'
import { tokenOfParticleCli } from './share-with-particle-cli.ts'
import { beginSignIn, type SignInTerms, type SignInUnderWay, takeUp } from './sign-in-under-way.ts'

/** What a sign-in is made from. */
export interface SignInCall {
  readonly flags: LoginFlags
  readonly wanted: Wanted
  readonly mayAsk: boolean
  readonly telling: Telling
}

/** A call, with what was read for it. */
interface Prepared extends SignInCall {
  readonly connections: Connections
  readonly source: ProfileSource
  readonly secrets: LoginSecrets
}

/** Signs in as flags, stdin, environment and answers say, and stores it. Rejects with `mfa_required` where a code is awaited. */
export async function signInBy(call: SignInCall): Promise<Finished> {
  assertSeen(call)
  const connections = new Connections()
  const source = await findProfile(call.wanted, connections.book)
  lifetimeOf(call.flags['expires-in'], call.flags['never-expires'])
  const prepared = { ...call, connections, source, secrets: await readLoginSecrets(call.flags) }
  const earlier = await earlierTokens(prepared)
  const pending = await takenUp(prepared)
  const underWay = pending ?? (await begun(prepared))
  const { mayAsk, telling, secrets } = prepared
  const { keptKeyRefused } = await passChallenge(underWay, {
    profile: source.name,
    answer: secrets.answer,
    mayAsk,
    isTakenUp: pending !== undefined,
    connections,
    telling,
  })
  const finished = await finishSignIn(underWay, { flags: call.flags, source, earlier, connections, telling })
  if (keptKeyRefused) await offerToForgetKey(finished.signIn, connections, telling)
  return finished
}

/** A token of the environment would be used before whatever is signed in here. */
function assertSeen({ wanted, telling }: SignInCall): void {
  const variable = tokenVariable(process.env)
  if (variable === undefined) return
  if (wanted.profile !== undefined) {
    telling.caution(`${variable} is set: it is used wherever --profile is not given.`)
    return
  }
  throw new CliError('environment_token', {
    what: `${variable} is set, and would be used before this sign-in.`,
    remedy: `Unset ${variable}, or sign in with --profile and name that profile in every call.`,
  })
}

/** What the profile is signed in with so far, where that can be read. */
async function earlierTokens({ source, connections }: Prepared): Promise<Tokens | undefined> {
  const signIn = source.profile?.signIn
  if (signIn === undefined) return undefined
  try {
    const { session } = await connections.openSignIn(signIn, source.name)
    return tokensOf(await session.restore())
  } catch {
    // It is replaced: whoever signs in anew needs nothing of it.
    return undefined
  }
}

/** The sign-in that waits for its code, where this call is to answer it. */
async function takenUp(prepared: Prepared): Promise<SignInUnderWay | undefined> {
  const { flags, secrets, source, connections, mayAsk } = prepared
  const pending = source.profile?.pending
  const namesSomebody =
    flags.username ?? flags['client-id'] ?? flags.customer ?? secrets.token ?? secrets.password
  const onlyCode = secrets.answer !== undefined && namesSomebody === undefined
  if (onlyCode && pending === undefined) throw new GrantsError('no_challenge', {})
  if (
    pending === undefined ||
    !(onlyCode || (mayAsk && namesSomebody === undefined && !flags['from-particle-cli']))
  ) {
    return undefined
  }
  const underWay = await takeUp(pending, { profile: source.name, connections })
  if (underWay.state.status === 'mfa_required' && (onlyCode || (await wantsToGoOn(accountOf(pending)))))
    return underWay
  if (onlyCode) {
    await dropPending(source.name, connections)
    throw new GrantsError('challenge_over', { reason: 'age' })
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
      telling.note('Wrong account or password.')
      plan = await askAgain(inputs, plan)
    }
  }
}

function isWrongPassword(thrown: unknown): boolean {
  if (!GrantsError.isInstance(thrown) || thrown.code !== 'grant_refused') return false
  return thrown.details.error === 'invalid_grant'
}

function isDevelopers(plan: SignInPlan): boolean {
  return plan.by === 'password' && plan.client.kind === 'developer'
}

async function baseUrlOf({ flags, source }: Prepared): Promise<string> {
  if (source.baseUrl !== undefined) return source.baseUrl
  if (flags['from-particle-cli']) return checkedBaseUrl((await tokenOfParticleCli()).baseUrl)
  return (source.profile?.signIn ?? source.profile?.pending)?.baseUrl ?? particleUrl
}

function notForParticleCli(): CliError {
  return new CliError('usage', {
    what: "particle-cli can only be given the token of an account that signs in with a developer's client.",
    remedy: 'Leave --particle-cli out, or sign in with username and password and no --client-id.',
  })
}
