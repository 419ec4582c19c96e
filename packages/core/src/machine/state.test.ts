import { describe, expect, it } from 'vitest'
import {
  createIdentity,
  createOwnIdentity,
  createTokens,
  mfaRequired,
  now,
  reauthenticationRequired,
  renewing,
  requesting,
  requestingCode,
  signedIn,
  signedOut,
  subjects,
} from '../../test/states.ts'
import type { ClientKind } from '../clients.ts'
import { owner, type TokenSubject } from '../subject.ts'
import { canRequestClientToken, getTokens, isChallengeOpen, isTokenValid, type MachineState } from './state.ts'

const tokens = createTokens()
const earlier = signedIn({ tokens })

describe('getTokens', () => {
  it.each([
    ['signed in', signedIn({ tokens })],
    ['renewing', renewing({ tokens })],
    ['in a challenge beside them', mfaRequired({ earlier })],
    ['requesting others', requesting('password', earlier)],
    ['requesting others with a code', requestingCode({ earlier })],
  ] satisfies [string, MachineState][])('returns the tokens of a session that is %s', (_, state) => {
    expect(getTokens(state)).toBe(tokens)
  })

  it.each([
    ['signed out', signedOut()],
    ['in its first request', requesting()],
    ['in its first challenge', mfaRequired()],
    ['waiting for a new sign-in', reauthenticationRequired()],
  ] satisfies [string, MachineState][])('returns nothing for a session that is %s', (_, state) => {
    expect(getTokens(state)).toBeUndefined()
  })
})

describe('isTokenValid', () => {
  it.each([
    ['before expiry', { expiresAt: now + 1 }, true],
    ['at expiry', { expiresAt: now }, false],
    ['without an expiry', { expiresAt: null }, true],
    ['after a rejection', { isRejected: true }, false],
    ['after a rejection, without an expiry', { isRejected: true, expiresAt: null }, false],
  ])('%s', (_, changes, isValid) => {
    expect(isTokenValid({ ...tokens, ...changes }, now)).toBe(isValid)
  })
})

describe('isChallengeOpen', () => {
  it.each([
    ['with attempts and time left', { attemptsLeft: 1, expiresAt: now + 1 }, true],
    ['without attempts', { attemptsLeft: 0 }, false],
    ['when its time is over', { expiresAt: now }, false],
  ])('%s', (_, challenge, isOpen) => {
    expect(isChallengeOpen(mfaRequired(challenge), now)).toBe(isOpen)
  })
})

describe('canRequestClientToken', () => {
  const { product: jane, user: dev } = subjects

  // biome-ignore format: one line per case, to be read as a table
  const cases: readonly (readonly [ClientKind, string, TokenSubject | undefined, boolean])[] = [
    ['product', 'the product itself', owner, true],
    ['product', 'a customer', jane, true],
    ['product', 'an unknown subject', undefined, false],
    ['user', "the client's owner", owner, true],
    ['user', 'an account, which may not be the owner', dev, false],
    ['user', 'an unknown subject', undefined, false],
    ['developer', 'an account', dev, false],
    ['developer', 'an unknown subject', undefined, false],
  ]

  it.each(cases)('of a %s client, for %s', (...[kind, , subject, can]) => {
    const identity = kind === 'product' ? createOwnIdentity() : createIdentity(kind)

    expect(canRequestClientToken(identity, subject)).toBe(can)
  })
})
