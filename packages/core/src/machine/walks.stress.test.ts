import { rounds } from '@particle-grants/test-kit/levels'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { deepFreeze } from '../../test/deep-freeze.ts'
import { getTokenRequest } from '../../test/effects.ts'
import { findSecrets, findStrings, revealSecrets } from '../../test/secrets.ts'
import { firstStates, type Taken, walk, walks } from '../../test/walks.ts'
import type { ClientKind } from '../clients.ts'
import { GrantsError } from '../errors.ts'
import type { GrantType } from '../grants/catalogue.ts'
import { toSecret } from '../secret.ts'
import { isSameSubject } from '../subject.ts'
import { parseState, serializeState } from './serialize.ts'
import {
  canRequestClientToken,
  getBoundSubject,
  getTokens,
  type Identity,
  isSettled,
  type MachineState,
  type SettledState,
  statuses,
} from './state.ts'
import { transition } from './transition.ts'

/** Written by hand: what each kind of client may send. */
const allowed: Readonly<Record<ClientKind, readonly GrantType[]>> = {
  developer: ['password', 'urn:custom:mfa-otp', 'urn:custom:recovery-code'],
  product: ['password', 'urn:custom:mfa-otp', 'urn:custom:recovery-code', 'client_credentials', 'refresh_token'],
  user: ['password', 'urn:custom:mfa-otp', 'urn:custom:recovery-code', 'client_credentials'],
}

/** Checks each step of many random walks. `look` is called at the start of each walk. */
function onWalks(look: (identity: Identity) => (taken: Taken) => void): void {
  fc.assert(
    fc.property(firstStates, walks, (first, steps) => walk(first, steps, look(first.identity))),
    { numRuns: rounds({ test: 100, stress: 2000 }) },
  )
}

/** What every state in a walk must be. */
function onStates(look: (state: MachineState) => void): void {
  onWalks(
    () =>
      ({ state }) =>
        look(state),
  )
}

/** What kinds of secrets a value holds, by path: `access`, `refresh`, `mfa`. */
function findKinds(value: unknown): readonly (readonly [path: string, kind: string])[] {
  return Object.entries(findSecrets(value)).map(([path, secret]) => [path, String(secret.split('-')[0])])
}

describe('a walk of random events', () => {
  it('reaches every status', () => {
    const reached = new Set<string>()
    for (const [first, steps] of fc.sample(fc.tuple(firstStates, walks), { seed: 42, numRuns: 200 })) {
      walk(first, steps, ({ state }) => reached.add(state.status))
    }
    expect([...reached].sort()).toEqual([...statuses].sort())
  })

  it('throws only for responses that no request is waiting for', () => {
    const responses = ['granted', 'challenged', 'refused', 'failed']
    onWalks(() => ({ before, event, thrown }) => {
      expect(thrown !== undefined).toBe(isSettled(before) && responses.includes(event.type))
      if (thrown !== undefined) expect(GrantsError.isInstance(thrown) && thrown.code).toBe('invalid_state')
    })
  })

  it('ends the same for the same events, and changes nothing that it was given', () => {
    onWalks(() => ({ before, event, state, effects, thrown }) => {
      if (thrown !== undefined) return
      const again = transition(deepFreeze(before), deepFreeze(event))
      expect(revealSecrets(again)).toEqual(revealSecrets({ state, effects }))
    })
  })

  it('returns the same state where nothing changes', () => {
    onWalks(() => ({ before, state, effects }) => {
      if (state === before || effects.some(({ type }) => type === 'save')) return
      expect(revealSecrets(state)).not.toEqual(revealSecrets(before))
    })
  })

  it('never changes how the session was configured', () => {
    onWalks(
      (identity) =>
        ({ state }) =>
          expect(state.identity).toBe(identity),
    )
  })

  it('never changes a bound subject before a logout', () => {
    onWalks(() => ({ before, event, state }) => {
      const bound = getBoundSubject(before)
      if (bound === undefined || event.type === 'logout') return
      // A challenge alone binds no subject, and neither does a token of an unknown one.
      expect([undefined, bound]).toContainEqual(getBoundSubject(state))
      const isTaken = state.status === 'signed_in' && state.subject !== undefined
      if (isTaken) expect(isSameSubject(state.subject, bound)).toBe(true)
    })
  })

  it('never needs a new sign-in where the client can request a token of the subject', () => {
    onStates(({ status, identity, subject }) => {
      if (status === 'reauthentication_required') {
        expect(canRequestClientToken(identity, subject)).toBe(false)
      }
    })
  })

  it('saves before it revokes, and before it sends a code or a refresh token', () => {
    onWalks(() => ({ effects }) => {
      const request = getTokenRequest({ effects })
      const isSingleUse = request !== undefined && ('mfa_token' in request || 'refresh_token' in request)
      const isRevoked = effects.some(({ type }) => type === 'revoke')
      if (isSingleUse || isRevoked) expect(effects[0]?.type).toBe('save')
    })
  })
})

describe('what a walk sends', () => {
  it('is never a refresh token of a developer or user client', () => {
    onWalks(({ clientKind }) => ({ effects }) => {
      if (clientKind === 'product') return
      expect(getTokenRequest({ effects })?.grant_type).not.toBe('refresh_token')
      expect(Object.values(findStrings(effects)).filter((text) => text.startsWith('refresh-'))).toEqual([])
    })
  })

  it('is nothing that its kind of client may not use', () => {
    onWalks(({ clientKind }) => ({ effects }) => {
      const request = getTokenRequest({ effects })
      if (request !== undefined) expect(allowed[clientKind]).toContain(request.grant_type)
    })
  })

  it("names the session's customer, and no other, in a client's request", () => {
    onWalks(({ subject }) => ({ effects }) => {
      const request = getTokenRequest({ effects })
      if (request?.grant_type !== 'client_credentials') return
      const words = request.scope?.split(' ') ?? []
      const isCustomer = subject?.type === 'customer'
      expect(words.filter((word) => word === `customer=${isCustomer && subject.name}`)).toHaveLength(isCustomer ? 1 : 0)
    })
  })

  it('requests a lifetime only as an integer of seconds', () => {
    onWalks(() => ({ effects }) => {
      const { expires_in } = getTokenRequest({ effects }) ?? {}
      expect(expires_in === undefined || (Number.isInteger(expires_in) && expires_in >= 0)).toBe(true)
    })
  })

  it('is never more codes for one challenge than its attempts, unless Particle did not judge one', () => {
    onWalks(() => {
      const left = new Map<string, number>()
      const add = (mfaToken: string, count: number) => left.set(mfaToken, (left.get(mfaToken) ?? 0) + count)
      return ({ before, event, state, effects, thrown }) => {
        if (event.type === 'challenged' && thrown === undefined) {
          add(event.mfaToken.reveal(), event.limits.maxAttempts)
        }
        const request = getTokenRequest({ effects })
        if (request !== undefined && 'mfa_token' in request) add(toSecret(request.mfa_token).reveal(), -1)
        const isCode = before.status === 'requesting' && before.grantType.startsWith('urn:custom:')
        if (isCode && state.status === 'mfa_required' && effects[0]?.type === 'save') {
          add(state.challenge.mfaToken.reveal(), +1)
        }
        expect(Math.min(0, ...left.values())).toBe(0)
        if (state.status === 'mfa_required') {
          expect(state.challenge.attemptsLeft).toBe(left.get(state.challenge.mfaToken.reveal()))
        }
      }
    })
  })

  it('revokes the token that it had, and an external one only if the caller says so', () => {
    onWalks(() => ({ before, event, effects }) => {
      const sent = effects.filter(({ type }) => type === 'revoke')
      if (sent.length === 0) return
      const tokens = getTokens(before)
      expect(Object.values(findSecrets(sent))).toEqual([tokens?.accessToken.reveal()])
      if (tokens?.grantType === 'external') expect(event).toMatchObject({ type: 'logout', revoke: true })
    })
  })
})

describe('what a walk keeps', () => {
  it('is no password, no code, and nothing of a response that the machine does not know', () => {
    onStates((state) => {
      const found = Object.values(findStrings(state)).filter((text) => /^(password|otp|recovery|unknown)-/.test(text))
      expect(found).toEqual([])
    })
  })

  it('is shown by no state', () => {
    onStates((state) => expect(JSON.stringify(state)).not.toMatch(/"(access|refresh|mfa)-/))
  })

  it('is an mfa_token only while its challenge is open, or its code is sent', () => {
    onStates((state) => {
      const paths = findKinds(state).flatMap(([path, kind]) => (kind === 'mfa' ? [path] : []))
      expect(['', 'challenge.mfaToken', 'previous.challenge.mfaToken']).toContain(paths.join())
      if (paths.length > 0) expect(['mfa_required', 'requesting']).toContain(state.status)
    })
  })

  it('is a refresh token only of a customer who signed in, or from elsewhere, on a product client', () => {
    const grants = ['password', 'urn:custom:mfa-otp', 'urn:custom:recovery-code', 'refresh_token', 'external']
    onStates((state) => {
      if (!findKinds(state).some(([, kind]) => kind === 'refresh')) return
      expect(state.identity.clientKind).toBe('product')
      expect(grants).toContain(getTokens(state)?.grantType)
    })
  })

  it('is nothing from before a logout', () => {
    onWalks(() => {
      const gone = new Set<string>()
      const seen = new Set<string>()
      return ({ event, state }) => {
        const held = Object.values(findSecrets(state))
        expect(held.filter((secret) => gone.has(secret))).toEqual([])
        for (const secret of held) seen.add(secret)
        if (event.type !== 'logout') return
        expect(held).toEqual([])
        for (const secret of seen) gone.add(secret)
      }
    })
  })

  it('is nothing when it is signed out, or needs a new sign-in', () => {
    onStates((state) => {
      const { status } = state
      if (status === 'signed_out' || status === 'reauthentication_required') {
        expect(findSecrets(state)).toEqual({})
      }
    })
  })

  it('is no refresh token after Particle refused it', () => {
    onWalks(() => {
      const gone = new Set<string>()
      return ({ before, event, state }) => {
        const isRefused = event.type === 'refused' && event.response.error === 'invalid_grant'
        if (isRefused && before.status === 'renewing' && before.grantType === 'refresh_token') {
          gone.add(String(before.tokens.refreshToken?.reveal()))
        }
        expect(Object.values(findSecrets(state)).filter((secret) => gone.has(secret))).toEqual([])
      }
    })
  })
})

describe('what a walk saves', () => {
  it('is a settled state', () => {
    onWalks(() => ({ effects }) => {
      for (const effect of effects) if (effect.type === 'save') expect(isSettled(effect.state)).toBe(true)
    })
  })

  it('is read again as it was, except for tokens of an unknown subject', () => {
    onStates((state) => {
      // Without a subject there is no record, or it is that of a session which was configured for another one.
      const isOther = state.subject === undefined && state.identity.subject !== undefined
      if (!isSettled(state) || isOther) return
      const isUnknown = state.status === 'mfa_required' && state.earlier?.subject === undefined
      const expected = isUnknown ? { ...state, earlier: undefined } : state
      expect(revealSecrets(parseState(serializeState(state), state.identity))).toStrictEqual(revealSecrets(expected))
    })
  })

  it('is rejected while a request is in progress', () => {
    onStates((state) => {
      if (isSettled(state)) return
      expect(() => serializeState(state as unknown as SettledState)).toThrow(
        expect.objectContaining({ code: 'invalid_argument' }),
      )
    })
  })
})
