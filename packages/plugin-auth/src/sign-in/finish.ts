import { isTokenValid, type MachineTokens } from '@particle-grants/core/machine'
import { noteOfStore } from '../connection/choose-store.ts'
import type { Connections } from '../connection/connection.ts'
import { isSameRecord, type Profile, type SignIn } from '../connection/profile.ts'
import type { ProfileSource } from '../connection/source.ts'
import { accountOf, endInWords } from '../connection/wording.ts'
import { forgetSignIn } from '../sign-out/sign-out.ts'
import { getTokenFacts, hasRequestedLifetime, type TokenFacts } from '../token/token-facts.ts'
import type { Telling } from './answer-challenge.ts'
import { lifetimeInWords } from './lifetime.ts'
import type { LoginFlags } from './login-flags.ts'
import type { Finished } from './result.ts'
import { settleSignIn } from './settle.ts'
import { shareWithParticleCli } from './share-with-particle-cli.ts'
import type { SignInUnderWay } from './sign-in-under-way.ts'

/** What finishing a sign-in takes. */
export interface Finishing {
  readonly flags: LoginFlags
  readonly source: ProfileSource
  /** The tokens of the profile until now. */
  readonly earlier: MachineTokens | undefined
  readonly connections: Connections
  readonly telling: Telling
}

/** Stores a sign-in as its profile's, and says what that changed. */
export async function finishSignIn(underWay: SignInUnderWay, finishing: Finishing): Promise<Finished> {
  const { connections, source, flags, telling } = finishing
  const facts = await getFacts(underWay)
  const particleCli = flags['particle-cli'] || flags['from-particle-cli']
  const replaced = await settleSignIn(underWay, { profile: source.name, particleCli }, connections)
  const { signIn } = underWay
  await forgetReplaced(replaced, signIn, finishing)
  reportReplaced(replaced, { signIn, tokens: facts.tokens }, finishing)
  reportLifetime(facts.tokens, telling)
  const asked = source.store ?? source.profile?.signIn?.store
  const note = await noteOfStore({ kept: signIn.store, asked }, connections.stores)
  if (note !== undefined) telling.caution(note)
  if (flags['particle-cli']) {
    const path = await shareWithParticleCli(signIn, facts.tokens)
    telling.caution(
      `particle-cli is signed in with the same token (${path}): logging out of one ends it for both.`,
    )
  }
  return { source, signIn: { ...signIn, ...(particleCli ? { particleCli: true } : {}) }, facts }
}

async function getFacts(underWay: SignInUnderWay): Promise<TokenFacts> {
  const state = await underWay.loadState()
  const facts = state && getTokenFacts(state)
  if (facts === undefined) throw new Error('The sign-in has ended, but its record has no tokens.')
  return facts
}

/** The profile no longer uses what it had before, so nothing of it stays in the store. */
async function forgetReplaced(
  { signIn, pending }: Profile,
  current: SignIn,
  { connections, source }: Finishing,
): Promise<void> {
  for (const unused of [pending, signIn]) {
    if (unused === undefined || isSameRecord(unused, current)) continue
    // A store that fails here must not undo the sign-in.
    await forgetSignIn(unused, source.name, connections).catch(() => {})
  }
}

/** Particle still accepts the token that this profile had until now. */
function reportReplaced(
  { signIn: before }: Profile,
  { signIn, tokens }: { readonly signIn: SignIn; readonly tokens: MachineTokens },
  { earlier, telling }: Finishing,
): void {
  if (before === undefined) return
  const isValid =
    earlier !== undefined &&
    isTokenValid(earlier, Date.now()) &&
    earlier.accessToken.reveal() !== tokens.accessToken.reveal()
  const isOther = accountOf(before) !== accountOf(signIn)
  if (!isValid && !isOther) return
  const what = isOther
    ? `Replaced ${accountOf(before)} in this profile.`
    : 'Replaced the earlier sign-in of this profile.'
  telling.note(isValid ? `${what} Its token was not revoked and is still valid ${until(earlier)}.` : what)
}

function until({ expiresAt }: MachineTokens): string {
  return expiresAt === null ? 'until you revoke it' : `until ${endInWords(expiresAt)}`
}

function reportLifetime(tokens: MachineTokens, telling: Telling): void {
  const { expiresAt, requestedAt, requested } = tokens
  if (hasRequestedLifetime(tokens) || requested.expires_in === undefined) return
  const given = expiresAt === null ? 0 : Math.round((expiresAt - requestedAt) / 1000)
  telling.caution(
    `You asked for ${lifetimeInWords(requested.expires_in)}, and the server returned ${lifetimeInWords(given)}.`,
  )
}
