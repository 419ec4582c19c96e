import type { SignIn } from '../connection/profile.ts'
import type { ProfileSource } from '../connection/source.ts'
import { fileStoreFolder } from '../connection/stores.ts'
import {
  accountOf,
  clientInWords,
  endInWords,
  formatConnectionFlags,
  isoTime,
  nameOf,
  storeInWords,
} from '../connection/wording.ts'
import type { Row } from '../terminal/rows.ts'
import { formatRenewal, hasRequestedLifetime, type TokenFacts } from '../token/token-facts.ts'

/** A finished sign-in. */
export interface Finished {
  readonly source: ProfileSource
  readonly signIn: SignIn
  readonly facts: TokenFacts
}

/** What `auth login --json` prints. */
export function resultOf({ source, signIn, facts }: Finished) {
  const { tokens, renewal } = facts
  return {
    profile: source.name,
    account: nameOf(signIn),
    subject: signIn.subject,
    client: { id: signIn.client.id, kind: signIn.client.kind },
    baseUrl: signIn.baseUrl,
    grant: tokens.grantType,
    expiresAt: isoTime(tokens.expiresAt),
    lifetimeAsRequested: hasRequestedLifetime(tokens),
    renewedBy: renewal.grantType ?? null,
    store: signIn.store,
    folder: signIn.store === 'file' ? fileStoreFolder() : null,
    particleCli: signIn.particleCli === true,
  }
}

/** The same for people. */
export function resultRows({ source, signIn, facts }: Finished, bin: string): Row[] {
  // The profile has the base URL by now.
  const flags = formatConnectionFlags({ ...source, baseUrl: undefined })
  return [
    ['Account', accountOf(signIn)],
    ['Client', clientInWords(signIn.client)],
    ['Expires', endInWords(facts.tokens.expiresAt)],
    ['Refresh', formatRenewal(facts, `${bin} auth login${flags}`)],
    ['Stored', storeInWords(signIn.store)],
    ['Profile', source.name],
    ['API URL', signIn.baseUrl],
  ]
}
