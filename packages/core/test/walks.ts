import fc from 'fast-check'
import type { GrantsError } from '../src/errors.ts'
import type { EventType, MachineEvent } from '../src/machine/event.ts'
import { getTokens, initialState, isSettled, type MachineState } from '../src/machine/state.ts'
import { type Transition, transition } from '../src/machine/transition.ts'
import { Secret } from '../src/secret.ts'
import { customer, owner, toLoginSubject } from '../src/subject.ts'
import { failures, granted, refused } from './events.ts'
import { createIdentity, createOwnIdentity, now } from './states.ts'

/** One step of a walk. The event is made from it and from the state that it meets. */
export interface Step {
  readonly call: Call
  readonly response: Response
  /** Whether a request gets a response now. Without a request most steps make a call; the rest make no sense. */
  readonly isAnswered: boolean
  /** Whether to make a call that leads on from this state: sign in, send the code, renew. */
  readonly leadsOn: boolean
  /** Milliseconds since the step before. */
  readonly elapsed: number
  readonly name: string
  readonly error: string
  readonly expiresInSeconds: number | undefined
  readonly scope: string | undefined
  readonly flag: boolean
  readonly count: number
}

/** What a step did, or what `transition` threw. */
export interface Taken extends Transition {
  readonly before: MachineState
  readonly event: MachineEvent
  readonly thrown: unknown
}

type Response = 'granted' | 'challenged' | 'refused' | 'failed'
type Call = Exclude<EventType, Response>

const names = ['dev@example.com', 'Joe', 'jane@example.com']
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
const scopes = ['devices', 'customer=jane@example.com', 'customer=JANE@example.com', 'customer=Joe']
const failedRequests = Object.values(failures)

/** Mostly up to a minute; sometimes months, and sometimes backwards. */
const elapsed = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: 0, max: 70_000 }) },
  { weight: 1, arbitrary: fc.integer({ min: -3_600_000, max: 86_400_000 * 120 }) },
)

/** Mostly `true`. */
const mostly = fc.oneof({ weight: 6, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) })

const calls: readonly Call[] = [
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
]

/** Random steps. Those of a usual session are frequent enough to lead into every state. */
export const walks: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.record<Step>({
    call: fc.constantFrom(...calls),
    response: fc.constantFrom<Response>('granted', 'granted', 'challenged', 'refused', 'refused', 'failed'),
    isAnswered: mostly,
    leadsOn: fc.boolean(),
    elapsed,
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

/** The state that a walk starts with: every kind of client with every way to configure its session. */
export const firstStates: fc.Arbitrary<MachineState> = fc.constantFrom(
  ...(['developer', 'user'] as const).flatMap((kind) => {
    const underProfile = createIdentity(kind, { subject: undefined, profile: 'work' })
    return [
      initialState(createIdentity(kind)),
      initialState(createIdentity(kind, { subject: undefined })),
      initialState(underProfile),
      { ...initialState(underProfile), reason: 'replaced' as const },
    ]
  }),
  initialState(createIdentity('user', { subject: owner })),
  initialState(createIdentity('product')),
  initialState(createOwnIdentity()),
)

/** Walks from a state, and calls `look` for each step. The names of secrets say what they are: `mfa-7`. */
export function walk(first: MachineState, steps: readonly Step[], look: (taken: Taken) => void): void {
  let state = first
  let at = now
  for (const [index, step] of steps.entries()) {
    at += step.elapsed
    const taken = take(state, createEvent({ state, step, at, index }))
    look(taken)
    state = taken.state
  }
}

/** Takes one step. An event that the state does not accept changes nothing. */
export function take(before: MachineState, event: MachineEvent): Taken {
  try {
    return { before, event, ...transition(before, event), thrown: undefined }
  } catch (thrown) {
    return { before, event, state: before, effects: [], thrown }
  }
}

/** Creates an event of this type for this state. */
export function createEventOfType(type: EventType, moment: Moment): MachineEvent {
  return { ...createCall, ...responses }[type](moment)
}

interface Moment {
  readonly state: MachineState
  readonly step: Step
  readonly at: number
  readonly index: number
}

function createEvent(moment: Moment): MachineEvent {
  const { state, step } = moment
  if (isSettled(state) !== step.isAnswered) return responses[step.response](moment)
  return createCall[step.leadsOn ? findNextCall(state, step) : step.call](moment)
}

function findNextCall({ status }: MachineState, { count }: Step): Call {
  if (status === 'mfa_required') return count > 1 ? 'submit_otp' : 'submit_recovery_code'
  if (status === 'signed_in') return count > 2 ? 'token_rejected' : 'renew'
  return count > 1 ? 'login' : 'request_client_token'
}

function getRequested({ expiresInSeconds, scope }: Step) {
  return { expires_in: expiresInSeconds, scope }
}

const createCall: Readonly<Record<Call, (moment: Moment) => MachineEvent>> = {
  login: ({ step, at, index, state: { identity } }) => ({
    type: 'login',
    at,
    username: step.name,
    password: new Secret(`password-${index}`),
    subject: toLoginSubject(identity.clientKind, step.name),
    requested: getRequested(step),
  }),
  submit_otp: ({ at, index }) => ({ type: 'submit_otp', at, otp: new Secret(`otp-${index}`) }),
  submit_recovery_code: ({ at, index }) => ({
    type: 'submit_recovery_code',
    at,
    recoveryCode: new Secret(`recovery-${index}`),
  }),
  request_client_token: ({ step, at }) => ({
    type: 'request_client_token',
    at,
    requested: getRequested(step),
  }),
  // Only a pool of a product's customers creates customers.
  create_customer: ({ step: { name }, at, state }) =>
    state.identity.clientKind === 'product'
      ? { type: 'create_customer', at, subject: customer(name), request: { product: 1234, email: name } }
      : { type: 'time_passed', at },
  set_token: ({ step: { flag, count, expiresInSeconds = 0, name }, at, index, state: { identity } }) => ({
    type: 'set_token',
    at,
    accessToken: new Secret(`access-${index}`),
    refreshToken: count > 2 ? new Secret(`refresh-${index}`) : undefined,
    expiresAt: flag ? null : at + expiresInSeconds * 1000,
    subject: name === 'Joe' ? undefined : toLoginSubject(identity.clientKind, name),
  }),
  renew: ({ at }) => ({ type: 'renew', at }),
  token_rejected: ({ step: { count }, at, state }) => ({
    type: 'token_rejected',
    at,
    accessToken: (count > 1 && getTokens(state)?.accessToken) || new Secret('access-old'),
  }),
  logout: ({ step: { count }, at }) => ({ type: 'logout', at, revoke: [true, false][count - 1] }),
  time_passed: ({ at }) => ({ type: 'time_passed', at }),
}

const responses: Readonly<Record<Response, (moment: Moment) => MachineEvent>> = {
  granted: ({ step: { flag, expiresInSeconds = 0, scope }, at, index }) => ({
    ...granted({
      accessToken: new Secret(`access-${index}`),
      refreshToken: flag ? new Secret(`refresh-${index}`) : undefined,
      expiresInSeconds: expiresInSeconds === 0 ? null : expiresInSeconds,
      scope,
    }),
    at,
    requestedAt: at - 10,
  }),
  challenged: ({ step: { count, expiresInSeconds = 0 }, at, index }) => ({
    type: 'challenged',
    at,
    status: 403,
    mfaToken: new Secret(`mfa-${index}`),
    limits: { maxAttempts: count, maxAgeMs: 60_000 + expiresInSeconds },
  }),
  refused: ({ step: { error, flag }, at }) => {
    return refused(error, { description: flag ? 'No.' : undefined }, at)
  },
  failed: ({ step: { count }, at }) => ({
    type: 'failed',
    at,
    error: failedRequests[count % failedRequests.length] as GrantsError,
  }),
}
