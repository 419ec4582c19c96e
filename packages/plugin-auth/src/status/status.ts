import { type State, type Tokens, tokensOf } from '@particle-grants/core'
import type { SignIn } from '../connection/profile.ts'
import type { Source } from '../connection/source.ts'
import { fileStoreFolder } from '../connection/stores.ts'
import {
  accountOf,
  clientInWords,
  endInWords,
  isoTime,
  nameOf,
  profileFlag,
  storeInWords,
} from '../connection/wording.ts'
import { exitCodes } from '../errors/exit-codes.ts'
import type { Row } from '../terminal/rows.ts'
import { factsOf, renewalInWords, type TokenFacts } from '../token/token-facts.ts'

/** Where things stand, as far as this machine knows. */
export interface Standing {
  readonly source: Source
  readonly baseUrl: string | null
  readonly signIn: SignIn | undefined
  readonly state: State | undefined
  /** When a token ended that is dead by the clock, ms since 1970. */
  readonly endedAt?: number | null | undefined
  /** What waits for its code. */
  readonly waiting?: SignIn | undefined
  /** What Particle says of the token, where it was asked. */
  readonly check?: 'good' | 'refused' | undefined
}

/** What a standing comes to, in a word. */
export type StandingWord = 'signed_in' | 'mfa_required' | 'ended' | 'not_signed_in'

/** In a word, as the machine's states have it, and by the clock. */
export function wordOf({ state, check }: Standing): StandingWord {
  if (state === undefined || state.status === 'signed_out') return 'not_signed_in'
  if (state.status === 'mfa_required' && state.held === undefined) return 'mfa_required'
  const tokens = tokensOf(state)
  if (tokens === undefined || check === 'refused') return 'ended'
  return isUsable(state, tokens) ? 'signed_in' : 'ended'
}

/** The exit code that says the same. */
export function exitCodeOf(word: StandingWord) {
  if (word === 'signed_in') return exitCodes.done
  return word === 'mfa_required' ? exitCodes.mfaNeeded : exitCodes.notSignedIn
}

/** What `auth status --json` prints. */
export function standingDocument(standing: Standing, now = Date.now()) {
  const { source, baseUrl, signIn, check, endedAt, waiting } = standing
  const facts = factsIn(standing)
  const expiresAt = facts === undefined ? (endedAt ?? undefined) : facts.expiresAt
  return {
    status: wordOf(standing),
    profile: source.from === 'profile' ? source.name : null,
    source:
      source.from === 'environment'
        ? { from: source.from, variable: source.variable }
        : { from: source.from, chosenBy: source.chosenBy },
    baseUrl,
    account: signIn === undefined ? null : nameOf(signIn),
    subject: signIn?.subject ?? null,
    client: signIn === undefined ? null : { id: signIn.client.id, kind: signIn.client.kind },
    store: signIn?.store ?? null,
    folder: signIn?.store === 'file' ? fileStoreFolder() : null,
    particleCli: signIn?.particleCli === true,
    grant: facts?.grant ?? null,
    expiresAt: expiresAt === undefined ? null : isoTime(expiresAt),
    secondsLeft: secondsLeft(expiresAt, now),
    neverExpires: facts?.expiresAt === null && source.from !== 'environment',
    renewedBy: facts === undefined || facts.renewal.by === 'nothing' ? null : facts.renewal.by,
    checked: check ?? null,
    waitsForCode: waiting !== undefined,
  }
}

/** The same for people. */
export function standingRows(standing: Standing, bin: string, now = Date.now()): Row[] {
  const { source, baseUrl, signIn, check, endedAt } = standing
  const facts = factsIn(standing)
  const fromEnvironment = source.from === 'environment'
  return [
    ['Account', signIn && accountOf(signIn)],
    ['Client', signIn && clientInWords(signIn.client)],
    [
      'Grant',
      facts && (facts.grant === 'adopted' ? 'none of ours: the token came from elsewhere' : facts.grant),
    ],
    ['Good until', facts && (fromEnvironment ? 'not known' : endInWords(facts.expiresAt, now))],
    ['Ended', endedAt ? endInWords(endedAt, now) : undefined],
    [
      'Renewed',
      facts &&
        (fromEnvironment
          ? 'not possible: it comes from the environment'
          : renewalInWords(facts, signInBy(source, bin))),
    ],
    ['Checked', check && (check === 'good' ? 'Particle takes this token' : 'Particle refused this token')],
    ['Code awaited', waitingInWords(standing, bin)],
    ['Kept', signIn && storeInWords(signIn.store)],
    ['Shared', signIn?.particleCli && 'with particle-cli: logging out ends it for both'],
    ['Source', sourceInWords(source)],
    ['Address', baseUrl ?? undefined],
  ].filter((row): row is [string, string] => row[1] !== undefined)
}

/** What is known of the token, where there is one. */
function factsIn({ state }: Standing): TokenFacts | undefined {
  const tokens = state && tokensOf(state)
  return state && tokens && factsOf({ identity: state.identity, tokens })
}

/** Beside a sign-in that is good another one may wait; alone it is the headline. */
function waitingInWords(standing: Standing, bin: string): string | undefined {
  const { waiting, source } = standing
  if (waiting === undefined || wordOf(standing) === 'mfa_required') return undefined
  return `for the sign-in of ${accountOf(waiting)}: ${signInBy(source, bin)} --otp-stdin`
}

function signInBy(source: Source, bin: string): string {
  return `${bin} auth login${source.from === 'profile' ? profileFlag(source.name) : ''}`
}

function sourceInWords(source: Source): string {
  if (source.from === 'environment') return `the environment variable ${source.variable}`
  const why = { flag: 'by --profile', environment: 'by PARTICLE_GRANTS_PROFILE', profiles: 'the active one' }
  return `profile ${source.name}, ${why[source.chosenBy]}`
}

function isUsable(state: State, tokens: Tokens): boolean {
  // What the clock ended is over in the state already, unless it can be renewed.
  return state.status !== 'reauthentication_required' && !tokens.rejected
}

function secondsLeft(expiresAt: number | null | undefined, now: number): number | null {
  return expiresAt === null || expiresAt === undefined
    ? null
    : Math.max(0, Math.floor((expiresAt - now) / 1000))
}
