import type { SessionState, Tokens } from '@particle-grants/core'
import { shortenToken } from '../wire/shorten.ts'

/** A state in a line, with nothing secret in it. */
export function describeState(state: SessionState): string {
  switch (state.status) {
    case 'signed_out':
    case 'reauthentication_required':
      return `${state.status}: ${state.reason}`
    case 'requesting':
      return `requesting: ${state.grantType}`
    case 'mfa_required': {
      const { attemptsLeft, expiresAt } = state.challenge
      return `mfa_required: ${attemptsLeft} ${attemptsLeft === 1 ? 'attempt' : 'attempts'} left, until ${formatMinute(expiresAt)}`
    }
    case 'signed_in':
      return `signed_in: ${describeTokens(state.tokens)}`
    case 'renewing':
      return 'renewing'
  }
}

function describeTokens({ accessToken, expiresAt }: Tokens): string {
  const end = expiresAt === null ? 'never expires' : `valid until ${formatMinute(expiresAt)}`
  return `token ${shortenToken(accessToken.reveal())} ${end}`
}

function formatMinute(time: number): string {
  return `${new Date(time).toISOString().slice(0, 16).replace('T', ' ')} UTC`
}
