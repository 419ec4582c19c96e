import { GrantsError } from '../errors/grants-error.ts'
import { grantTypes } from '../grants/catalogue.ts'
import { readSubject } from '../subject.ts'
import { Fields } from './fields.ts'
import { stateVersion } from './serialize-state.ts'
import type { Asked, Challenge, Identity, SettledState, Tokens } from './state.ts'

const settledStatuses = ['signed_out', 'mfa_required', 'signed_in', 'reauthentication_required'] as const

/**
 * Reads what {@link serializeState} wrote. Throws `invalid_state`, which says what is wrong and repeats
 * nothing of the text, for anything else: damaged, another version, or a field of the wrong type.
 */
export function parseState(text: string): SettledState {
  const fields = new Fields(parseJson(text), '')
  const version = fields.number('version')
  if (version !== stateVersion) {
    throw invalid(`its version is ${version}, and this release reads version ${stateVersion}`)
  }
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
      const held = fields.optionalObject('held')
      return {
        status,
        identity,
        challenge: readChallenge(fields.object('challenge')),
        held: held && readTokens(held),
      }
    }
    case 'signed_in':
      return {
        status,
        identity,
        tokens: readTokens(fields.object('tokens')),
        renewalStopped: fields.optionalString('renewalStopped'),
      }
    case 'reauthentication_required':
      return { status, identity, reason: fields.oneOf('reason', ['expired', 'rejected', 'renewal_refused']) }
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
    triesLeft: fields.number('triesLeft'),
    endsAt: fields.number('endsAt'),
    asked: readAsked(fields.object('asked')),
  }
}

function readTokens(fields: Fields): Tokens {
  return {
    accessToken: fields.secret('accessToken'),
    refreshToken: fields.optionalSecret('refreshToken'),
    grant: fields.oneOf('grant', [...grantTypes, 'adopted']),
    issuedAt: fields.number('issuedAt'),
    expiresAt: fields.numberOrNull('expiresAt'),
    scope: fields.optionalString('scope'),
    asked: readAsked(fields.object('asked')),
    lifetimeAsAsked: fields.boolean('lifetimeAsAsked'),
  }
}

function readAsked(fields: Fields): Asked {
  return { expiresIn: fields.optionalNumber('expiresIn'), scope: fields.optionalString('scope') }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // The parser's own message quotes the text, and with it the secrets.
    throw invalid('it is not JSON')
  }
}

function invalid(problem: string): GrantsError {
  return new GrantsError('invalid_state', { problem })
}
