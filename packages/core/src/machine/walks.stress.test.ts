import { rounds } from '@particle-grants/test-kit/levels'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { requestOf } from '../../test/effects.ts'
import { frozen, revealed, secretsIn, stringsIn } from '../../test/secrets.ts'
import { type Choice, choices, identities, type Walked, walk } from '../../test/walks.ts'
import { GrantsError } from '../errors/grants-error.ts'
import type { GrantType } from '../grants/catalogue.ts'
import type { ClientKind } from '../grants/grant.ts'
import { parseState } from './parse-state.ts'
import { serializeState } from './serialize-state.ts'
import { type Identity, isSettled, type SettledState, type State, tokensOf } from './state.ts'
import { rowFor, transition } from './transition.ts'
import { transitions } from './transitions.ts'

/** Written out by hand: what each kind of client may send. */
const allowed: Readonly<Record<ClientKind, readonly GrantType[]>> = {
  developer: ['password', 'urn:custom:mfa-otp', 'urn:custom:recovery-code'],
  product: [
    'password',
    'urn:custom:mfa-otp',
    'urn:custom:recovery-code',
    'client_credentials',
    'refresh_token',
  ],
  user: ['password', 'urn:custom:mfa-otp', 'urn:custom:recovery-code', 'client_credentials'],
}

const forbidden = new Set(
  ['signed_out', 'mfa_required', 'signed_in', 'reauthentication_required'].flatMap((status) =>
    ['granted', 'challenged', 'refused', 'failed'].map((event) => `${status} × ${event}`),
  ),
)

/** Checks each step of many random walks. Calls `look` once at the start of each walk. */
function everyWalk(look: (identity: Identity) => (walked: Walked) => void): void {
  fc.assert(
    fc.property(identities, choices, (identity, steps) => walk(identity, steps, look(identity))),
    { numRuns: rounds({ test: 100, stress: 1000 }) },
  )
}

describe('a walk of random events', () => {
  it('reaches every row of the table', () => {
    const walks = fc.tuple(identities, choices)
    let missed = transitions
    // The first seed only saves time: from here the rare rows come early.
    for (let seed = 42; seed < 122 && missed.length > 0; seed += 1) {
      const reached = new Set<unknown>()
      for (const [identity, steps] of fc.sample(walks, { seed, numRuns: 100 })) {
        walk(identity, steps as Choice[], ({ before, event }) => reached.add(rowFor(before, event)))
      }
      missed = missed.filter((row) => !reached.has(row))
    }
    expect(missed.map((row) => `${row.from} × ${row.on}: ${row.do}`)).toEqual([])
  })

  it('never leaves its table: a status that the row names, with the effects that it names', () => {
    everyWalk(() => ({ before, event, after, effects, thrown }) => {
      if (thrown !== undefined) return
      const row = rowFor(before, event)
      expect(row?.to).toContain(after.status)
      expect(effects.map(({ type }) => type)).toEqual(row?.effects)
    })
  })

  it('throws only invalid_transition, and only for answers that nothing waits for', () => {
    everyWalk(() => ({ before, event, thrown }) => {
      expect(thrown !== undefined).toBe(forbidden.has(`${before.status} × ${event.type}`))
      if (thrown !== undefined)
        expect(GrantsError.isInstance(thrown) && thrown.code).toBe('invalid_transition')
    })
  })

  it('gives the same for the same, and changes nothing that it was given', () => {
    everyWalk(() => ({ before, event, after, effects, thrown }) => {
      if (thrown !== undefined) return
      const again = transition(frozen(before), frozen(event))
      expect(revealed(again)).toEqual(revealed({ state: after, effects }))
    })
  })

  it('never changes base URL and client, nor a subject once it is bound', () => {
    everyWalk((identity) => ({ after }) => {
      const { subject, ...rest } = after.identity
      expect(rest).toEqual({ ...identity, subject: undefined, ...rest })
      expect([identity.baseUrl, identity.clientId, identity.clientKind]).toEqual([
        rest.baseUrl,
        rest.clientId,
        rest.clientKind,
      ])
      if (identity.subject !== undefined) expect(subject).toBe(identity.subject)
    })
  })
})

describe('what a walk sends', () => {
  it('is never a refresh token of a developer or a user client', () => {
    everyWalk(({ clientKind }) => (walked) => {
      if (clientKind === 'product') return
      expect(requestOf(walked)?.grant_type).not.toBe('refresh_token')
      expect(Object.keys(stringsIn(walked.effects)).filter((path) => path.includes('refresh'))).toEqual([])
    })
  })

  it('is nothing that its kind of client may not use', () => {
    everyWalk(({ clientKind }) => (walked) => {
      const request = requestOf(walked)
      if (request !== undefined) expect(allowed[clientKind]).toContain(request.grant_type)
    })
  })

  it('asks for a lifetime only as an integer of seconds', () => {
    everyWalk(() => (walked) => {
      const { expires_in } = requestOf(walked) ?? {}
      expect(expires_in === undefined || (Number.isInteger(expires_in) && expires_in >= 0)).toBe(true)
    })
  })

  it('is never more codes for one challenge than its tries, unless one came back unjudged', () => {
    everyWalk(() => {
      const left = new Map<string, number>()
      const change = (mfaToken: string, by: number) => left.set(mfaToken, (left.get(mfaToken) ?? 0) + by)
      return ({ before, event, after, effects, thrown }) => {
        if (event.type === 'challenged' && thrown === undefined) {
          change(event.mfaToken.reveal(), event.limits.tries)
        }
        const request = requestOf({ effects })
        if (request !== undefined && 'mfa_token' in request) change(request.mfa_token.reveal(), -1)
        const codeUnderWay = before.status === 'requesting' && before.grant.startsWith('urn:custom:')
        if (codeUnderWay && after.status === 'mfa_required' && effects[0]?.type === 'save') {
          change(after.challenge.mfaToken.reveal(), +1)
        }
        expect(Math.min(0, ...left.values())).toBe(0)
        if (after.status === 'mfa_required') {
          expect(after.challenge.triesLeft).toBe(left.get(after.challenge.mfaToken.reveal()))
        }
      }
    })
  })

  it('is a token back to where it came from, and to nobody else', () => {
    everyWalk(() => ({ before, effects }) => {
      const sent = Object.values(secretsIn(effects.filter(({ type }) => type === 'revoke')))
      expect(sent).toEqual(sent.length === 0 ? [] : [tokensOf(before)?.accessToken.reveal()])
    })
  })
})

describe('what a walk keeps', () => {
  const kinds = (state: unknown) =>
    Object.entries(secretsIn(state)).map(([path, value]) => [path, value.split('-')[0]] as const)

  it('is no password, no code, and nothing of an answer that it does not know', () => {
    everyWalk(() => ({ after }) => {
      const found = Object.values(stringsIn(after)).filter((text) =>
        /^(password|otp|recovery|unknown)-/.test(text),
      )
      expect(found).toEqual([])
    })
  })

  it('is hidden: no state shows what it holds', () => {
    everyWalk(() => ({ after }) => {
      expect(JSON.stringify(after)).not.toMatch(/"(access|refresh|mfa)-/)
    })
  })

  it('is an mfa_token only while its challenge is open, or its code under way', () => {
    everyWalk(() => ({ after }) => {
      const paths = kinds(after).flatMap(([path, kind]) => (kind === 'mfa' ? [path] : []))
      expect(['', 'challenge.mfaToken', 'previous.challenge.mfaToken']).toContain(paths.join())
      if (paths.length > 0) expect(['mfa_required', 'requesting']).toContain(after.status)
    })
  })

  it('is a refresh token only of a customer who signed in on a product client', () => {
    everyWalk(({ clientKind }) => ({ after }) => {
      const kept = kinds(after).some(([, kind]) => kind === 'refresh')
      const grant = tokensOf(after)?.grant
      const grants = ['password', 'urn:custom:mfa-otp', 'urn:custom:recovery-code']
      if (kept) expect([clientKind, grants.includes(String(grant))]).toEqual(['product', true])
    })
  })

  it('is nothing from before logging out', () => {
    everyWalk(() => {
      const gone = new Set<string>()
      const seen = new Set<string>()
      return ({ event, after }) => {
        const held = Object.values(secretsIn(after))
        expect(held.filter((secret) => gone.has(secret))).toEqual([])
        for (const secret of held) seen.add(secret)
        if (event.type !== 'logout') return
        expect(held).toEqual([])
        for (const secret of seen) gone.add(secret)
      }
    })
  })

  it('is nothing at all when signed out, and when its owner has to sign in again', () => {
    everyWalk(() => ({ after }) => {
      const { status } = after
      if (status === 'signed_out' || status === 'reauthentication_required')
        expect(secretsIn(after)).toEqual({})
    })
  })

  it('is no refresh token after its final refusal', () => {
    everyWalk(() => {
      const spent = new Set<string>()
      return ({ before, event, after }) => {
        if (
          before.status === 'renewing' &&
          event.type === 'refused' &&
          event.answer.error === 'invalid_grant'
        ) {
          const { refreshToken } = before.tokens
          // The client's own credentials were refused as the way out of a lost refresh: nothing was said of the token.
          const isKept = before.by === 'client_credentials' && refreshToken !== undefined
          expect(tokensOf(after)?.refreshToken).toBe(isKept ? refreshToken : undefined)
          if (!isKept) spent.add(refreshToken?.reveal() ?? '')
        }
        expect(Object.values(secretsIn(after)).filter((secret) => spent.has(secret))).toEqual([])
      }
    })
  })
})

describe('what a walk saves', () => {
  const reads = (state: SettledState) => revealed(parseState(serializeState(state)))

  it('comes back as it was', () => {
    everyWalk(() => ({ after }) => {
      if (isSettled(after)) expect(reads(after)).toStrictEqual(revealed(after))
    })
  })

  it('is always a settled state', () => {
    everyWalk(() => ({ effects }) => {
      for (const effect of effects) if (effect.type === 'save') expect(isSettled(effect.state)).toBe(true)
    })
  })

  it('is refused while a request is under way', () => {
    const refuses = (state: State) => {
      expect(() => serializeState(state as SettledState)).toThrow(
        expect.objectContaining({ code: 'unsettled_state' }),
      )
    }

    everyWalk(() => ({ after }) => {
      if (!isSettled(after)) refuses(after)
    })
  })
})
