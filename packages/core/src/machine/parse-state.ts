import type { ErrorCode } from '../errors/details.ts'
import { messages } from '../errors/messages.ts'
import { Fields } from '../fields.ts'
import { grantTypes } from '../grants/catalogue.ts'
import type { ClientKind } from '../grants/grant.ts'
import { keepsRefreshToken } from '../renewal.ts'
import { readSubject } from '../subject.ts'
import { stateVersion } from './serialize-state.ts'
import type { Asked, Challenge, Identity, SettledState, Tokens } from './state.ts'

const settledStatuses = ['signed_out', 'mfa_required', 'signed_in', 'reauthentication_required'] as const

const errorCodes = Object.keys(messages) as ErrorCode[]

/**
 * Reads what {@link serializeState} wrote. Throws `invalid_state`, which says what is wrong and repeats
 * nothing of the text, for anything else: damaged, another version, or a field of the wrong type.
 */
export function parseState(text: string): SettledState {
  const fields = Fields.parse(text)
  fields.version(stateVersion)
  const identity = readIdentity(fields.object('identity'))
  const status = fields.oneOf('status', settledStatuses)
  switch (status) {
    case 'signed_out':
      return {
        status,
        identity,
        reason: fields.oneOf('reason', ['never_signed_in', 'logged_out', 'challenge_over', 'sso_user']),
      }
    case 'mfa_required': {
      return {
        status,
        identity,
        challenge: readChallenge(fields.object('challenge')),
        held: fields.optionalObject('held', (held) => readTokens(held, identity.clientKind)),
      }
    }
    case 'signed_in':
      return {
        status,
        identity,
        tokens: readTokens(fields.object('tokens'), identity.clientKind),
        renewalStopped: fields.optionalString('renewalStopped'),
        renewalPostponed: fields.optionalObject('renewalPostponed', (postponed) => ({
          failures: postponed.count('failures'),
          since: postponed.number('since'),
          retryAt: postponed.number('retryAt'),
          because: postponed.oneOf('because', errorCodes),
        })),
      }
    case 'reauthentication_required':
      return {
        status,
        identity,
        reason: fields.oneOf('reason', ['expired', 'rejected', 'renewal_refused', 'refresh_answer_lost']),
      }
  }
}

function readIdentity(fields: Fields): Identity {
  const clientKind = fields.oneOf('clientKind', ['developer', 'product', 'user'])
  const subject = fields.optionalString('subject')
  return {
    baseUrl: fields.string('baseUrl'),
    clientId: fields.string('clientId'),
    clientKind,
    subject:
      subject === undefined ? undefined : fields.checked('subject', () => readSubject(subject, clientKind)),
  }
}

function readChallenge(fields: Fields): Challenge {
  return {
    mfaToken: fields.secret('mfaToken'),
    triesLeft: fields.count('triesLeft'),
    endsAt: fields.number('endsAt'),
    asked: readAsked(fields.object('asked')),
  }
}

function readTokens(fields: Fields, clientKind: ClientKind): Tokens {
  const grant = fields.oneOf('grant', [...grantTypes, 'adopted'])
  const refreshToken = fields.optionalSecret('refreshToken')
  return {
    accessToken: fields.secret('accessToken'),
    // What this client can't renew with is not kept, wherever it came from.
    refreshToken: keepsRefreshToken(clientKind, grant) ? refreshToken : undefined,
    grant,
    issuedAt: fields.number('issuedAt'),
    expiresAt: fields.numberOrNull('expiresAt'),
    scope: fields.optionalString('scope'),
    asked: readAsked(fields.object('asked')),
    lifetimeAsAsked: fields.boolean('lifetimeAsAsked'),
    rejected: fields.boolean('rejected'),
    afterRejection: fields.boolean('afterRejection'),
    refreshInDoubt: fields.optionalObject('refreshInDoubt', (doubt) => ({
      since: doubt.number('since'),
      askAgainRefused: doubt.boolean('askAgainRefused'),
    })),
  }
}

function readAsked(fields: Fields): Asked {
  return { expiresIn: fields.optionalNumber('expiresIn'), scope: fields.optionalString('scope') }
}
