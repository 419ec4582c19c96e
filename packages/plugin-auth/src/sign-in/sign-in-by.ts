import { GrantsError, particleUrl, type SignedIn } from '@particle-grants/core'
import { chooseStore } from '../connection/choose-store.ts'
import { Connections } from '../connection/connection.ts'
import { findProfile, type ProfileSource, tokenVariable, type Wanted } from '../connection/source.ts'
import { accountOf } from '../connection/wording.ts'
import { CliError } from '../errors/cli-error.ts'
import { forgetSignIn } from '../sign-out/sign-out.ts'
import { askChoice } from '../terminal/prompts.ts'
import { answerBy, answerByAsking, answerByKeptKey, type Telling } from './answer-challenge.ts'
import { gatherPlan } from './gather-plan.ts'
import { lifetimeOf } from './lifetime.ts'
import type { LoginFlags } from './login-flags.ts'
import { type LoginSecrets, readLoginSecrets } from './login-secrets.ts'
import type { Finished } from './result.ts'
import { dropPending, holdChallenge, type Replaced, settleSignIn } from './settle.ts'
import { shareWithParticleCli, tokenOfParticleCli } from './share-with-particle-cli.ts'
import { beginSignIn, type SignInUnderWay, takeUp } from './sign-in-under-way.ts'

/** What a sign-in is made from. */
export interface SignInCall {
  readonly flags: LoginFlags
  readonly wanted: Wanted
  readonly mayAsk: boolean
  readonly telling: Telling & { readonly caution: (text: string) => void }
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
  const underWay = (await takenUp(prepared)) ?? (await begun(prepared))
  try {
    await passChallenge(underWay, prepared)
  } catch (thrown) {
    // Nothing can answer it any more.
    if (GrantsError.isInstance(thrown) && thrown.code === 'challenge_over')
      await dropPending(source.name, connections)
    throw thrown
  }
  return finish(underWay, prepared)
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
  const underWay = await takeUp(pending, connections)
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
  if (baseUrl !== particleUrl) telling.note(`Signing in at ${baseUrl}.`)
  const plan = await gatherPlan({ flags, secrets, mayAsk, before, env: process.env })
  const { name, note } = await chooseStore(source.store ?? before?.store, connections.stores)
  if (note !== undefined) telling.caution(note)
  const expiresIn = lifetimeOf(flags['expires-in'], flags['never-expires'])
  const terms = { profile: source.name, baseUrl, store: name, expiresIn }
  if (flags['particle-cli'] && !(plan.by !== 'client' && isDevelopers(plan))) throw notForParticleCli()
  return telling.progress('Signing in', () => beginSignIn(plan, terms, connections))
}

function isDevelopers(plan: Awaited<ReturnType<typeof gatherPlan>>): boolean {
  return plan.by === 'password' && plan.client.kind === 'developer'
}

async function baseUrlOf({ flags, source }: Prepared): Promise<string> {
  if (source.baseUrl !== undefined) return source.baseUrl
  if (flags['from-particle-cli']) return (await tokenOfParticleCli()).baseUrl
  return (source.profile?.signIn ?? source.profile?.pending)?.baseUrl ?? particleUrl
}

async function passChallenge(underWay: SignInUnderWay, prepared: Prepared): Promise<void> {
  const { connections, source, secrets, mayAsk, telling } = prepared
  if (underWay.state.status !== 'mfa_required') return
  const { triesLeft, endsAt } = underWay.state.challenge
  // Kept before a code is sent: one that is refused leaves the challenge open for the next call.
  if (secrets.answer !== undefined || !mayAsk) await holdChallenge(underWay, source.name, connections)
  if (secrets.answer !== undefined) return answerBy(secrets.answer, underWay, { connections, telling })
  if (await answerByKeptKey(underWay, { connections, telling })) return
  if (mayAsk) return answerByAsking(underWay, telling)
  throw new GrantsError('mfa_required', { triesLeft, endsAt })
}

async function finish(underWay: SignInUnderWay, prepared: Prepared): Promise<Finished> {
  const { connections, source, flags, telling } = prepared
  const state = underWay.state as SignedIn
  const particleCli = flags['particle-cli'] || flags['from-particle-cli']
  const replaced = await settleSignIn(underWay, { profile: source.name, particleCli }, connections)
  await forget(replaced, prepared)
  if (!state.tokens.lifetimeAsAsked) {
    telling.caution('The server gave the token another lifetime than was asked for.')
  }
  if (flags['particle-cli']) {
    const path = await shareWithParticleCli(underWay.signIn, state)
    telling.caution(
      `particle-cli is signed in with the same token (${path}): logging out of one ends it for both.`,
    )
  }
  return {
    profile: source.name,
    signIn: { ...underWay.signIn, ...(particleCli ? { particleCli: true } : {}) },
    state,
  }
}

/** What a profile had before is of no use to anybody: nothing of it stays in the store. */
async function forget({ signIn, pending }: Replaced, { connections, telling }: Prepared): Promise<void> {
  for (const unused of [pending, signIn]) {
    // A store that fails here must not take back what was signed in.
    if (unused !== undefined) await forgetSignIn(unused, connections).catch(() => {})
  }
  if (signIn === undefined) return
  const account = accountOf(signIn)
  telling.note(
    `${account} was signed in as this profile: forgotten here; its token stays valid until it ends.`,
  )
}

function notForParticleCli(): CliError {
  return new CliError('usage', {
    what: "particle-cli can only be given the token of an account that signs in with a developer's client.",
    remedy: 'Leave --particle-cli out, or sign in with username and password and no --client-id.',
  })
}
