import { GrantsError, Secret, type Subject } from '@particle-grants/core'
import {
  type EventType,
  getTokens,
  type Identity,
  initialState,
  type MachineEvent,
  type MachineState,
  owner,
  type Transition,
  transition,
} from '@particle-grants/core/machine'
import fc from 'fast-check'

/** One step of a walk. The event is made from it and from the state that it meets. */
export interface Step {
  readonly call: EventType
  readonly response: 'granted' | 'challenged' | 'refused' | 'failed'
  /** Whether a request gets a response now. Without a request, most walks make a call instead. */
  readonly isAnswered: boolean
  /** Whether to make a call that leads on from this state: sign in, send the code, renew. */
  readonly leadsOn: boolean
  /** Milliseconds since the step before. */
  readonly elapsedMs: number
  readonly name: string
  readonly error: string
  readonly expiresInSeconds: number | undefined
  readonly scope: string | undefined
  readonly flag: boolean
  readonly count: number
}

/** What a step did, or what `transition` threw. */
export interface Taken {
  readonly before: MachineState
  readonly event: MachineEvent
  readonly result: Transition | undefined
  readonly thrown: unknown
}

const names = ['dev@example.com', 'Joe', 'jane@example.com'] as const
const start = Date.UTC(2026, 0, 1)
const baseUrl = 'http://127.0.0.1:8765'

const errors = [
  'invalid_grant',
  'invalid_grant',
  'invalid_token',
  'invalid_token',
  'invalid_client',
  'invalid_scope',
  'invalid_scope',
  'sso_user',
  'toString',
]
const scopes = ['devices', 'customer=jane@example.com', 'customer=JANE@example.com', 'customer=Joe', '']

const failures = [
  new GrantsError('network_error', 'No response.', {
    grantType: 'password',
    baseUrl,
    reason: 'timeout',
    systemCode: undefined,
    mayBeSpent: true,
  }),
  new GrantsError('temporarily_unavailable', 'Unavailable.', {
    status: 503,
    error: 'server_error',
    retryAt: undefined,
  }),
  new GrantsError('unexpected_response', 'A page.', { baseUrl, status: 200, reason: 'html' }),
  new GrantsError('rate_limited', 'Too many.', { retryAt: start }),
]

/** Mostly up to a minute; sometimes months, and sometimes backwards. */
const elapsedMs = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: 0, max: 70_000 }) },
  { weight: 1, arbitrary: fc.integer({ min: -3_600_000, max: 86_400_000 * 120 }) },
)

const calls = [
  'login',
  'request_client_token',
  'create_customer',
  'submit_otp',
  'submit_recovery_code',
  'set_token',
  'renew',
  'token_rejected',
  'time_passed',
  'logout',
] as const satisfies readonly EventType[]

/** Random steps. */
export const walks: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.record<Step>({
    call: fc.constantFrom<EventType>(...calls),
    response: fc.constantFrom('granted', 'granted', 'challenged', 'challenged', 'refused', 'refused', 'failed'),
    isAnswered: fc.oneof({ weight: 6, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) }),
    leadsOn: fc.boolean(),
    elapsedMs,
    name: fc.constantFrom(...names),
    error: fc.constantFrom(...errors),
    expiresInSeconds: fc.option(fc.nat(7_776_000), { nil: undefined }),
    scope: fc.oneof(
      { weight: 4, arbitrary: fc.constant(undefined) },
      { weight: 1, arbitrary: fc.constantFrom(...scopes) },
    ),
    flag: fc.boolean(),
    count: fc.integer({ min: 1, max: 4 }),
  }),
  { maxLength: 40, size: 'max' },
)

/** The state that a walk starts with: each kind of client, with each subject it can have. */
export const firstStates: fc.Arbitrary<MachineState> = fc.constantFrom(
  ...(['developer', 'user'] as const).flatMap((clientKind) => [
    initialState(identity(clientKind)),
    initialState(identity(clientKind, { profile: 'work' })),
    initialState(identity(clientKind, { subject: { type: 'account', name: 'dev@example.com' } })),
    replaced(identity(clientKind, { profile: 'work' })),
  ]),
  initialState(identity('user', { subject: owner })),
  initialState(identity('product', { subject: owner })),
  initialState(identity('product', { subject: { type: 'customer', name: 'jane@example.com' } })),
)

/** Walks from a state with core's `transition`, and calls `look` for each step. */
export function walk(first: MachineState, steps: readonly Step[], look: (taken: Taken) => void): void {
  let state = first
  let at = start
  for (const [index, step] of steps.entries()) {
    at += step.elapsedMs
    const taken = take(state, createEvent({ state, step, at, index }))
    look(taken)
    state = taken.result?.state ?? state
  }
}

/** Creates an event of this type for this state. */
export function createEventOfType(type: EventType, moment: Moment): MachineEvent {
  return creators[type](moment.step, moment)
}

export function take(before: MachineState, event: MachineEvent): Taken {
  try {
    return { before, event, result: transition(before, event), thrown: undefined }
  } catch (thrown) {
    return { before, event, result: undefined, thrown }
  }
}

interface Moment {
  readonly state: MachineState
  readonly step: Step
  readonly at: number
  readonly index: number
}

function createEvent(moment: Moment): MachineEvent {
  const { state, step } = moment
  const isWaiting = state.status === 'requesting' || state.status === 'renewing'
  if (isWaiting === step.isAnswered) return createEventOfType(step.response, moment)
  return createEventOfType(step.leadsOn ? findCallThatLeadsOn(state, step) : step.call, moment)
}

function findCallThatLeadsOn({ status }: MachineState, { count }: Step): EventType {
  if (status === 'mfa_required') return count > 1 ? 'submit_otp' : 'submit_recovery_code'
  if (status === 'signed_in') return count > 2 ? 'token_rejected' : 'renew'
  return count > 1 ? 'login' : 'request_client_token'
}

type Creator = (step: Step, moment: Moment) => MachineEvent

const requestedBy = ({ expiresInSeconds, scope }: Step) => ({ expires_in: expiresInSeconds, scope })

/** What is on every response, whatever it says. */
const creators: Readonly<Record<EventType, Creator>> = {
  login: (step, { at, index, state: { identity } }) => ({
    type: 'login',
    at,
    username: step.name,
    password: new Secret(`password-${index}`),
    subject: createSubject(identity, step.name),
    requested: requestedBy(step),
  }),
  submit_otp: (_, { at, index }) => ({ type: 'submit_otp', at, otp: new Secret(`otp-${index}`) }),
  submit_recovery_code: (_, { at, index }) => ({
    type: 'submit_recovery_code',
    at,
    recoveryCode: new Secret(`recovery-${index}`),
  }),
  request_client_token: (step, { at }) => ({
    type: 'request_client_token',
    at,
    requested: requestedBy(step),
  }),
  create_customer: ({ name }, { at }) => ({
    type: 'create_customer',
    at,
    subject: { type: 'customer', name },
    request: { product: 1234, email: name },
  }),
  set_token: ({ flag, count, expiresInSeconds = 0, name }, { at, index, state: { identity } }) => ({
    type: 'set_token',
    at,
    accessToken: new Secret(`access-${index}`),
    refreshToken: count > 2 ? new Secret(`refresh-${index}`) : undefined,
    expiresAt: flag ? null : at + expiresInSeconds * 1000,
    subject: name === 'Joe' ? undefined : createSubject(identity, name),
  }),
  renew: (_, { at }) => ({ type: 'renew', at }),
  token_rejected: ({ count }, { at, state }) => ({
    type: 'token_rejected',
    at,
    accessToken: (count > 1 && getTokens(state)?.accessToken) || new Secret('access-old'),
  }),
  logout: ({ count }, { at }) => ({ type: 'logout', at, revoke: [true, false][count - 1] }),
  time_passed: (_, { at }) => ({ type: 'time_passed', at }),
  granted: ({ flag, expiresInSeconds = 0, scope }, { at, index }) => ({
    type: 'granted',
    at,
    requestedAt: at - 10,
    response: {
      type: 'success',
      status: 200,
      accessToken: new Secret(`access-${index}`),
      // Particle returns one to every client, whether the client can use it or not.
      refreshToken: flag ? new Secret(`refresh-${index}`) : undefined,
      expiresInSeconds: expiresInSeconds === 0 ? null : expiresInSeconds,
      scope,
    },
  }),
  challenged: ({ count, expiresInSeconds = 0 }, { at, index }) => ({
    type: 'challenged',
    at,
    status: 403,
    mfaToken: new Secret(`mfa-${index}`),
    limits: { maxAttempts: count, maxAgeMs: 60_000 + expiresInSeconds },
  }),
  refused: ({ error, flag }, { at }) => ({
    type: 'refused',
    at,
    response: {
      type: 'error',
      status: 400,
      error,
      description: flag ? 'No.' : undefined,
    },
  }),
  failed: ({ count }, { at }) => ({
    type: 'failed',
    at,
    error: failures[count % failures.length] as GrantsError,
  }),
}

function createSubject({ clientKind }: Identity, name: string): Subject {
  return { type: clientKind === 'product' ? 'customer' : 'account', name }
}

function identity(
  clientKind: Identity['clientKind'],
  { subject, profile }: Partial<Pick<Identity, 'subject' | 'profile'>> = {},
): Identity {
  return { baseUrl, clientId: `${clientKind}-client`, clientKind, subject, profile }
}

function replaced(of: Identity): MachineState {
  return { ...initialState(of), reason: 'replaced' }
}
