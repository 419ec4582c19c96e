import { isGood, type SignedIn, type Tokens } from '@particle-grants/core'
import { noteOfStore } from '../connection/choose-store.ts'
import type { Connections } from '../connection/connection.ts'
import type { ProfileSource } from '../connection/source.ts'
import { accountOf, endInWords } from '../connection/wording.ts'
import { forgetSignIn } from '../sign-out/sign-out.ts'
import type { Telling } from './answer-challenge.ts'
import { lifetimeInWords } from './lifetime.ts'
import type { LoginFlags } from './login-flags.ts'
import type { Finished } from './result.ts'
import { type Replaced, settleSignIn } from './settle.ts'
import { shareWithParticleCli } from './share-with-particle-cli.ts'
import type { SignInUnderWay } from './sign-in-under-way.ts'

/** What finishing a sign-in takes. */
export interface Finishing {
  readonly flags: LoginFlags
  readonly source: ProfileSource
  /** What the profile was signed in with until now. */
  readonly earlier: Tokens | undefined
  readonly connections: Connections
  readonly telling: Telling
}

/** Stores a sign-in as its profile's, and says what that changed. */
export async function finishSignIn(underWay: SignInUnderWay, finishing: Finishing): Promise<Finished> {
  const { connections, source, flags, telling } = finishing
  const state = underWay.state as SignedIn
  const particleCli = flags['particle-cli'] || flags['from-particle-cli']
  const replaced = await settleSignIn(underWay, { profile: source.name, particleCli }, connections)
  await forget(replaced, finishing)
  tellOfEarlier(replaced, state, finishing)
  tellOfLifetime(state, telling)
  const asked = source.store ?? source.profile?.signIn?.store
  const note = await noteOfStore({ kept: underWay.signIn.store, asked }, connections.stores)
  if (note !== undefined) telling.caution(note)
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
async function forget({ signIn, pending }: Replaced, { connections, source }: Finishing): Promise<void> {
  for (const unused of [pending, signIn]) {
    // A store that fails here must not take back what was signed in.
    if (unused !== undefined) await forgetSignIn(unused, source.name, connections).catch(() => {})
  }
}

/** Particle still takes the token that this profile had until now. */
function tellOfEarlier({ signIn }: Replaced, { tokens }: SignedIn, { earlier, telling }: Finishing): void {
  const isLeft =
    earlier !== undefined &&
    isGood(earlier, Date.now()) &&
    earlier.accessToken.reveal() !== tokens.accessToken.reveal()
  const valid = isLeft
    ? `Its token from before was not revoked, and stays valid until ${endOf(earlier)}.`
    : undefined
  if (signIn !== undefined)
    telling.note(`${accountOf(signIn)} was signed in as this profile: forgotten here. ${valid ?? ''}`.trim())
  else if (valid !== undefined) telling.note(`This profile was signed in already. ${valid}`)
}

function endOf({ expiresAt }: Tokens): string {
  return expiresAt === null ? 'somebody revokes it' : endInWords(expiresAt)
}

function tellOfLifetime({ tokens }: SignedIn, telling: Telling): void {
  const { expiresIn } = tokens.asked
  if (tokens.lifetimeAsAsked || expiresIn === undefined) return
  const { expiresAt, issuedAt } = tokens
  const given = expiresAt === null ? 0 : Math.round((expiresAt - issuedAt) / 1000)
  telling.caution(
    `You asked for ${lifetimeInWords(expiresIn)}, and the server gave ${lifetimeInWords(given)}.`,
  )
}
