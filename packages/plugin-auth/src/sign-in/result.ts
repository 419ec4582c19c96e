import type { SignedIn } from '@particle-grants/core'
import type { SignIn } from '../connection/profile.ts'
import { fileStoreFolder } from '../connection/stores.ts'
import {
  accountOf,
  clientInWords,
  endInWords,
  isoTime,
  nameOf,
  profileFlag,
  storeInWords,
} from '../connection/wording.ts'
import type { Row } from '../terminal/rows.ts'
import { factsOf, renewalInWords } from '../token/token-facts.ts'

/** A finished sign-in. */
export interface Finished {
  readonly profile: string
  readonly signIn: SignIn
  readonly state: SignedIn
}

/** What `auth login --json` prints. */
export function resultOf({ profile, signIn, state }: Finished) {
  const { expiresAt, grant, renewal } = factsOf(state)
  return {
    profile,
    account: nameOf(signIn),
    subject: signIn.subject,
    client: { id: signIn.client.id, kind: signIn.client.kind },
    baseUrl: signIn.baseUrl,
    grant,
    expiresAt: isoTime(expiresAt),
    lifetimeAsAsked: state.tokens.lifetimeAsAsked,
    renewedBy: renewal.by === 'nothing' ? null : renewal.by,
    store: signIn.store,
    folder: signIn.store === 'file' ? fileStoreFolder() : null,
    particleCli: signIn.particleCli === true,
  }
}

/** The same for people. */
export function resultRows({ profile, signIn, state }: Finished, bin: string): Row[] {
  const facts = factsOf(state)
  return [
    ['Account', accountOf(signIn)],
    ['Client', clientInWords(signIn.client)],
    ['Good until', endInWords(facts.expiresAt)],
    ['Renewed', renewalInWords(facts, `${bin} auth login${profileFlag(profile)}`)],
    ['Kept', storeInWords(signIn.store)],
    ['Profile', profile],
    ['Address', signIn.baseUrl],
  ]
}
