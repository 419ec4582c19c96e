import fc from 'fast-check'
import type { Refusal } from '../src/machine/effect.ts'
import type { Event } from '../src/machine/event.ts'
import { type Identity, initialState, type State, tokensOf } from '../src/machine/state.ts'
import { transition } from '../src/machine/transition.ts'
import { Secret } from '../src/secret.ts'
import { subjectOfLogin } from '../src/subject.ts'
import { errorAnswer, failures } from './events.ts'
import { now } from './states.ts'

/** One step of a walk: an event that is made for the state it meets, or one that no caller should send. */
export interface Choice {
  readonly caller: keyof typeof callers
  readonly answer: keyof typeof answers
  /** Give an answer where one is awaited, or something a caller does. The other way about is absurd. */
  readonly answered: boolean
  /** Do what leads on from here: sign in, send the code, renew. */
  readonly onward: boolean
  /** Milliseconds since the step before. */
  readonly later: number
  readonly name: string
  readonly error: string
  readonly expiresIn: number | undefined
  readonly scope: string | undefined
  readonly yes: boolean
  readonly tries: number
}

/** What a step did, or that it was refused as impossible. */
export interface Walked {
  readonly before: State
  readonly event: Event
  readonly after: State
  readonly effects: ReturnType<typeof transition>['effects']
  readonly thrown: unknown
}

const names = ['dev@example.com', 'Joe', 'jane@example.com'] as const
const errors = [
  'invalid_grant',
  'invalid_token',
  'invalid_token',
  'invalid_client',
  'invalid_scope',
  'sso_user',
  'mfa_required',
  'toString',
]
const scopes = [undefined, 'devices', 'customer=jane@example.com', 'customer=Joe', 'customer=mallory']
const reasons: readonly Refusal[] = [failures.lost, failures.rateLimited, failures.html]

/** Seconds between instants up to hours and months, forwards mostly, sometimes not at all or backwards. */
const elapsed = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: 0, max: 60_000 }) },
  { weight: 1, arbitrary: fc.integer({ min: -3_600_000, max: 86_400_000 * 120 }) },
)

/** Random steps. Those of a plain session come often enough to lead deep into the table. */
export const choices: fc.Arbitrary<readonly Choice[]> = fc.array(
  fc.record<Choice>({
    caller: fc.oneof(
      { weight: 1, arbitrary: fc.constantFrom('login', 'login', 'authorize', 'submit_otp', 'renew') },
      {
        weight: 1,
        arbitrary: fc.constantFrom(
          'submit_recovery_code',
          'adopt',
          'rejected',
          'accepted',
          'time_passed',
          'logout',
          'logout',
        ),
      },
    ),
    answer: fc.constantFrom('granted', 'granted', 'challenged', 'challenged', 'refused', 'refused', 'failed'),
    answered: fc.oneof(
      { weight: 6, arbitrary: fc.constant(true) },
      { weight: 1, arbitrary: fc.constant(false) },
    ),
    onward: fc.boolean(),
    later: elapsed,
    name: fc.constantFrom(...names),
    error: fc.constantFrom(...errors),
    expiresIn: fc.option(fc.nat(7_776_000), { nil: undefined }),
    scope: fc.oneof(
      { weight: 4, arbitrary: fc.constant(undefined) },
      { weight: 1, arbitrary: fc.constantFrom(...scopes) },
    ),
    yes: fc.boolean(),
    tries: fc.integer({ min: 1, max: 4 }),
  }),
  { maxLength: 40, size: 'max' },
)

/** Every kind of client, bound to each subject that it may have, or to nobody. */
export const identities: fc.Arbitrary<Identity> = fc.constantFrom(
  ...(['developer', 'user'] as const).flatMap((clientKind) => [
    identity(clientKind, undefined),
    identity(clientKind, 'account:dev@example.com'),
  ]),
  identity('user', 'owner'),
  identity('product', 'owner'),
  identity('product', 'customer:jane@example.com'),
  identity('product', undefined),
)

/** Walks from the first state, and gives each step to `see`. Secrets tell by their names what they are. */
export function walk(identity: Identity, steps: readonly Choice[], see: (walked: Walked) => void): void {
  let state: State = initialState(identity)
  let at = now
  for (const [index, choice] of steps.entries()) {
    at += choice.later
    const event = eventFor(state, choice, { at, index })
    const walked = take(state, event)
    see(walked)
    state = walked.after
  }
}

function take(before: State, event: Event): Walked {
  try {
    const { state, effects } = transition(before, event)
    return { before, event, after: state, effects, thrown: undefined }
  } catch (thrown) {
    return { before, event, after: before, effects: [], thrown }
  }
}

interface Moment {
  readonly at: number
  readonly index: number
}

function eventFor(state: State, choice: Choice, moment: Moment): Event {
  const waiting = state.status === 'requesting' || state.status === 'renewing'
  if (waiting === choice.answered) return answers[choice.answer](choice, moment)
  const caller = choice.onward ? onward(state, choice) : choice.caller
  return callers[caller](choice, moment, state)
}

function onward({ status }: State, { tries }: Choice): keyof typeof callers {
  if (status === 'mfa_required') return tries > 1 ? 'submit_otp' : 'submit_recovery_code'
  if (status === 'signed_in') return (['rejected', 'accepted', 'renew'] as const)[tries % 3] ?? 'renew'
  return tries > 1 ? 'login' : 'authorize'
}

const asked = ({ expiresIn, scope }: Choice) => ({ expiresIn, scope })

const callers = {
  login: (choice: Choice, { at, index }: Moment, { identity }: State): Event => ({
    type: 'login',
    at,
    username: choice.name,
    password: new Secret(`password-${index}`),
    subject: subjectOfLogin(identity.clientKind, choice.name),
    asked: asked(choice),
  }),
  submit_otp: (_: Choice, { at, index }: Moment): Event => ({
    type: 'submit_otp',
    at,
    otp: new Secret(`otp-${index}`),
  }),
  submit_recovery_code: (_: Choice, { at, index }: Moment): Event => ({
    type: 'submit_recovery_code',
    at,
    recoveryCode: new Secret(`recovery-${index}`),
  }),
  authorize: (choice: Choice, { at }: Moment): Event => ({ type: 'authorize', at, asked: asked(choice) }),
  adopt: ({ yes, expiresIn = 0 }: Choice, { at, index }: Moment): Event => ({
    type: 'adopt',
    at,
    accessToken: new Secret(`access-${index}`),
    expiresAt: yes ? null : at + expiresIn * 1000,
  }),
  renew: (_: Choice, { at }: Moment): Event => ({ type: 'renew', at }),
  rejected: ({ yes }: Choice, { at }: Moment, state: State): Event => {
    const current = tokensOf(state)?.accessToken
    return {
      type: 'rejected',
      at,
      accessToken: yes && current !== undefined ? current : new Secret('access-old'),
    }
  },
  accepted: ({ yes }: Choice, { at }: Moment, state: State): Event => {
    const current = tokensOf(state)?.accessToken
    return {
      type: 'accepted',
      at,
      accessToken: yes && current !== undefined ? current : new Secret('access-old'),
    }
  },
  logout: ({ yes }: Choice, { at }: Moment): Event => ({ type: 'logout', at, revoke: yes }),
  time_passed: (_: Choice, { at }: Moment): Event => ({ type: 'time_passed', at }),
}

const answers = {
  granted: ({ yes, expiresIn = 0, scope }: Choice, { at, index }: Moment): Event => ({
    type: 'granted',
    at,
    requestedAt: at - 10,
    tokens: {
      access_token: new Secret(`access-${index}`),
      // Particle gives everybody one, whether they may use it or not.
      refresh_token: yes ? new Secret(`refresh-${index}`) : undefined,
      expires_in: expiresIn === 0 ? null : expiresIn,
      scope,
      unknown: new Secret({ hint: `unknown-${index}` }),
    },
  }),
  challenged: ({ tries, expiresIn = 0 }: Choice, { at, index }: Moment): Event => ({
    type: 'challenged',
    at,
    status: 403,
    mfaToken: new Secret(`mfa-${index}`),
    limits: { tries, maxAge: 60_000 + expiresIn },
  }),
  refused: ({ error, yes }: Choice, { at, index }: Moment): Event => ({
    type: 'refused',
    at,
    answer: errorAnswer(error, {
      description: yes ? 'No.' : undefined,
      unknown: new Secret({ hint: `unknown-${index}` }),
    }),
  }),
  failed: ({ tries }: Choice, { at }: Moment): Event => ({
    type: 'failed',
    at,
    refusal: reasons[tries % reasons.length] as Refusal,
  }),
}

function identity(clientKind: Identity['clientKind'], subject: Identity['subject']): Identity {
  return { baseUrl: 'http://127.0.0.1:8765', clientId: `${clientKind}-client`, clientKind, subject }
}
