import { type Subject, scopeOf } from '../subject.ts'
import type { Asked, Renewing, SignedIn, Tokens } from './state.ts'

/** What is asked for with the client's own credentials: a customer's own scope comes first, and once. */
export function withOwnScope(asked: Asked, subject: Subject | undefined): Asked {
  const own = scopeOf(subject)
  const others = asked.scope?.split(' ').filter((word) => word !== own) ?? []
  const words = own === undefined ? others : [own, ...others]
  return { ...asked, scope: words.length === 0 ? undefined : words.join(' ') }
}

/** What was asked for at sign-in, as it is asked for with the client's own credentials. */
export function askedAgain({ tokens, identity }: SignedIn | Renewing): Asked {
  return withOwnScope(tokens.asked, identity.subject)
}

/** The tokens after a refresh was sent whose answer is not there. */
export function inDoubt(tokens: Tokens, since: number): Tokens {
  const askAgainRefused = tokens.refreshInDoubt?.askAgainRefused ?? false
  return { ...tokens, refreshInDoubt: { since, askAgainRefused } }
}
