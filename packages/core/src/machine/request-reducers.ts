import type { TokenRequest } from '../grants/catalogue.ts'
import type { Secret } from '../secret.ts'
import type { Subject } from '../subject.ts'
import { askedAgain, inDoubt, withOwnScope } from './asked.ts'
import type { Effect } from './effect.ts'
import type { Authorize, Event, Login, SubmitOtp, SubmitRecoveryCode } from './event.ts'
import type { Asked, MfaRequired, Renewing, Requesting, SettledState, SignedIn } from './state.ts'
import { type Step, step } from './step.ts'

const request = (request: TokenRequest): Effect => ({ type: 'request', request })

/** The reducers that send something. */
export const requestReducers = {
  start_login: (state: SettledState, { username, password, subject, asked }: Login): Step<Requesting> =>
    step(
      requesting(state, 'password', { subject, asked }),
      request({
        grant_type: 'password',
        username,
        password,
        expires_in: asked.expiresIn,
        scope: asked.scope,
      }),
    ),

  start_authorize: (state: SettledState, { asked }: Authorize): Step<Requesting> => {
    const subject = state.identity.subject ?? 'owner'
    const asking = withOwnScope(asked, subject)
    const { scope } = asking
    return step(
      requesting(state, 'client_credentials', { subject, asked: asking }),
      request({ grant_type: 'client_credentials', scope, expires_in: asked.expiresIn }),
    )
  },

  send_otp: (state: MfaRequired, { otp }: SubmitOtp): Step<Requesting> => {
    const { mfaToken, asked } = state.challenge
    return sendCode(state, {
      grant_type: 'urn:custom:mfa-otp',
      mfa_token: mfaToken,
      otp,
      expires_in: asked.expiresIn,
    })
  },

  send_recovery_code: (state: MfaRequired, { recoveryCode }: SubmitRecoveryCode): Step<Requesting> => {
    const { mfaToken, asked } = state.challenge
    return sendCode(state, {
      grant_type: 'urn:custom:recovery-code',
      mfa_token: mfaToken,
      recovery_code: recoveryCode,
      expires_in: asked.expiresIn,
    })
  },

  /** The lifetime and scope asked for at sign-in are asked for again. */
  ask_again: (state: SignedIn, event: Event): Step<Renewing> => {
    const { scope, expiresIn } = askedAgain(state)
    return step(
      renewing(state, 'client_credentials', event),
      request({ grant_type: 'client_credentials', scope, expires_in: expiresIn }),
    )
  },

  /** The server spends a refresh token before it saves the next one: that it is sent is written down first. */
  refresh: (state: SignedIn, event: Event): Step<Renewing> => {
    const { tokens } = state
    const next = renewing(state, 'refresh_token', event)
    const saved: SignedIn = { ...state, tokens: inDoubt(next.tokens, event.at) }
    return step(
      next,
      { type: 'save', state: saved },
      request({
        grant_type: 'refresh_token',
        // The guard renewable_by_refresh stands before.
        refresh_token: tokens.refreshToken as Secret,
        expires_in: tokens.asked.expiresIn,
      }),
    )
  },
}

function renewing(
  { identity, tokens, renewalPostponed }: SignedIn,
  by: Renewing['by'],
  event: Event,
): Renewing {
  const failures = renewalPostponed?.failures ?? 0
  const rejected = tokens.rejected || event.type === 'rejected'
  return { status: 'renewing', identity, tokens: { ...tokens, rejected }, by, failures }
}

function requesting(
  previous: SettledState,
  grant: Requesting['grant'],
  { subject, asked }: { readonly subject: Subject | undefined; readonly asked: Asked },
): Requesting {
  return { status: 'requesting', identity: { ...previous.identity, subject }, grant, previous, asked }
}

/** A try counts when it is sent, and is saved before: neither a crash nor a second process gets it twice. */
function sendCode(
  state: MfaRequired,
  body: TokenRequest<'urn:custom:mfa-otp' | 'urn:custom:recovery-code'>,
): Step<Requesting> {
  const { challenge, identity } = state
  const counted: MfaRequired = { ...state, challenge: { ...challenge, triesLeft: challenge.triesLeft - 1 } }
  return step(
    requesting(counted, body.grant_type, { subject: identity.subject, asked: challenge.asked }),
    { type: 'save', state: counted },
    request(body),
  )
}
