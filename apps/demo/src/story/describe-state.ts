import type { State, Tokens } from '@particle-grants/core'
import { shortenToken } from '../wire/shorten.ts'

/** A state in a line, with nothing secret in it. */
export function describeState(state: State): string {
  switch (state.status) {
    case 'signed_out':
    case 'reauthentication_required':
      return `${state.status}: ${state.reason}`
    case 'requesting':
      return `requesting: ${state.grant}`
    case 'mfa_required': {
      const { triesLeft, endsAt } = state.challenge
      return `mfa_required: ${triesLeft} ${triesLeft === 1 ? 'try' : 'tries'} left, until ${minute(endsAt)}`
    }
    case 'signed_in':
      return `signed_in: ${describeTokens(state.tokens)}`
    case 'renewing':
      return `renewing: ${state.by}`
  }
}

function describeTokens({ accessToken, expiresAt }: Tokens): string {
  const end = expiresAt === null ? 'never expires' : `good until ${minute(expiresAt)}`
  return `token ${shortenToken(accessToken.reveal())} ${end}`
}

function minute(time: number): string {
  return `${new Date(time).toISOString().slice(0, 16).replace('T', ' ')} UTC`
}
