import { count, number, string } from '../json-reader.ts'

const minute = 60_000
/** Rule 2: refused requests of an account until it waits. Particle locks an IP address out at ten refusals in a row. */
export const maxAttempts = 8
export const refillMs = 15 * minute
/** Rule 1: refusals of the same secret until it waits, if a person or an application sent it. An automatic request has one. */
export const maxExplicitRefusals = 3
/** The first wait of a secret, as long as Particle's lockout. Each further one is twice as long. */
export const firstWaitMs = 30 * minute
export const longestWaitMs = 24 * 60 * minute
export const maxAccounts = 100
/** Few, because a right password has the fingerprint of each waiting one with a probability of 1 in 256. */
const maxSecrets = 4

/** A secret that Particle refused. `id` is a password's fingerprint, or a hash. Times are milliseconds since 1970. */
export interface RefusedSecret {
  readonly id: string
  /** In a row, each less than a day after the one before. */
  readonly refusals: number
  readonly refusedAt: number
  /** 0 before the first wait. */
  readonly waitMs: number
}

/** What the refusals of one account have led to. `id` is a hash of its name. */
export interface AccountBackoff {
  readonly id: string
  /** Attempts used: requests in flight, and refused ones. One comes back every 15 minutes from `usedSince`. */
  readonly used: number
  readonly usedSince: number
  readonly secrets: readonly RefusedSecret[]
}

export type RefusalType = 'client' | 'password' | 'customer' | 'credentials'

/** What a request can be refused for, and so what holds it back. */
export interface AccountRequest {
  readonly isExplicit: boolean
  /** Passes both rules. */
  readonly force: boolean
  /** Passes the wait for a missing customer. Its refusal says nothing about an account: it may exist already. */
  readonly createsCustomer: boolean
  readonly name: string
  readonly clientName: string
  /** Rule 1. A code is not among them: each one is new. */
  readonly secrets: readonly { readonly type: RefusalType; readonly accountId: string; readonly secretId: string }[]
  /** Rule 2: the account whose attempt the request uses. A refresh token uses none. */
  readonly attemptsOf: string | undefined
  /** The accounts whose attempts come back when the request gets tokens. */
  readonly refills: readonly string[]
}

/** Why a request is held back, and until when. */
export type AccountHold = { readonly name: string; readonly retryAt: number } & (
  | { readonly rule: 'secret'; readonly type: RefusalType }
  | { readonly rule: 'attempts'; readonly type?: undefined }
)

/** Returns everything that holds a request back. */
export function findAccountHolds(
  accounts: readonly AccountBackoff[],
  request: AccountRequest,
  now: number,
): readonly AccountHold[] {
  const { secrets, attemptsOf, force, createsCustomer, name, clientName } = request
  if (force) return []
  const holds = secrets
    .filter(({ type }) => type === 'client' || !createsCustomer)
    .map(({ type, accountId, secretId }): AccountHold => {
      const secret = findAccount(accounts, accountId).secrets.find(({ id }) => id === secretId)
      const retryAt = secret === undefined ? 0 : getRetryAt(secret)
      return { rule: 'secret', type, name: type === 'client' ? clientName : name, retryAt }
    })
  const { used, usedSince } = refill(findAccount(accounts, attemptsOf), now)
  if (used >= maxAttempts) holds.push({ rule: 'attempts', name, retryAt: usedSince + refillMs })
  return holds.filter(({ retryAt }) => retryAt > now)
}

/** How many requests with the same password may be in flight: each of them may be refused. */
export function getMaxParallel(accounts: readonly AccountBackoff[], { secrets }: AccountRequest): number {
  const password = secrets.find(({ type }) => type === 'password')
  if (password === undefined) return Number.POSITIVE_INFINITY
  const found = findAccount(accounts, password.accountId).secrets.find(({ id }) => id === password.secretId)
  return Math.max(1, maxExplicitRefusals - (found?.refusals ?? 0))
}

/** Whether two requests send the same password of the same account. */
export function hasSamePassword(one: AccountRequest, other: AccountRequest): boolean {
  const password = one.secrets.find(({ type }) => type === 'password')
  const isSame = ({ accountId, secretId }: AccountRequest['secrets'][number]) =>
    accountId === password?.accountId && secretId === password.secretId
  return other.secrets.some(isSame)
}

/** Takes an attempt, before the request is sent. If the process crashes, the attempt stays taken. */
export function takeAttempt(accounts: readonly AccountBackoff[], { attemptsOf, force }: AccountRequest, now: number) {
  return force ? accounts : changeAttempts(accounts, attemptsOf, { change: 1, now })
}

/** Gives the attempt back: the request was not sent, or there is no verdict. A challenge is none: codes follow. */
export function giveAttemptBack(
  accounts: readonly AccountBackoff[],
  { attemptsOf, force }: AccountRequest,
  now: number,
) {
  return force ? accounts : changeAttempts(accounts, attemptsOf, { change: -1, now })
}

/**
 * Counts tokens: they end the wait of the secret that got them, and all attempts come back. With `force` they do not:
 * otherwise each forced sign-in would let eight more guesses of an attacker pass.
 */
export function addSuccess(accounts: readonly AccountBackoff[], { secrets, refills, force }: AccountRequest) {
  const next = accounts.map((account) => {
    const isRight = ({ id }: RefusedSecret) =>
      secrets.some(({ accountId, secretId }) => accountId === account.id && secretId === id)
    const used = refills.includes(account.id) && !force ? 0 : account.used
    if (used === account.used && !account.secrets.some(isRight)) return account
    return { ...account, used, secrets: account.secrets.filter((secret) => !isRight(secret)) }
  })
  return next.every((account, index) => account === accounts[index]) ? accounts : next
}

const refusedTypes: ReadonlyMap<string, RefusalType> = new Map([
  ['invalid_client', 'client'],
  ['invalid_grant', 'password'],
  ['sso_user', 'password'],
  ['invalid_scope', 'customer'],
])

/** Counts a refusal with this OAuth error code against the secret that it is about, and keeps the attempt taken. */
export function addRefusal(
  accounts: readonly AccountBackoff[],
  request: AccountRequest,
  { error, now }: { readonly error: string; readonly now: number },
): readonly AccountBackoff[] {
  const { secrets, attemptsOf, force } = request
  const isClient = error === 'invalid_client'
  const refused =
    secrets.find(({ type }) => type === refusedTypes.get(error)) ?? secrets.find(({ type }) => type === 'credentials')
  // One bad secret of a client must not use up the attempts of all its customers.
  const change = Number(force && !isClient) - Number(isClient && !force)
  const counted = changeAttempts(accounts, attemptsOf, { change, now })
  if (refused === undefined) return counted
  const account = findAccount(counted, refused.accountId)
  const secret = account.secrets.find(({ id }) => id === refused.secretId)
  // The wait began after this request was sent. Otherwise parallel requests would start a wait of a day at once.
  if (secret !== undefined && getRetryAt(secret) > now && !force) return counted
  const next = refuseSecret(secret ?? { id: refused.secretId, refusals: 0, refusedAt: 0, waitMs: 0 }, request, now)
  const others = account.secrets.filter(({ id }) => id !== next.id).toSorted((a, b) => getRetryAt(b) - getRetryAt(a))
  return putAccount(counted, { ...account, secrets: [next, ...others].slice(0, maxSecrets) }, now)
}

function refuseSecret(secret: RefusedSecret, { isExplicit }: AccountRequest, now: number): RefusedSecret {
  const refusals = secret.refusals + 1
  const isWaiting = secret.waitMs > 0 || refusals >= (isExplicit ? maxExplicitRefusals : 1)
  return {
    ...secret,
    refusals,
    refusedAt: now,
    waitMs: isWaiting ? Math.min(secret.waitMs * 2 || firstWaitMs, longestWaitMs) : 0,
  }
}

/** Of two records of an account, the emptier bucket and the longer waits count. */
export function mergeAccounts(a: readonly AccountBackoff[], b: readonly AccountBackoff[], now: number) {
  const mergeOne = (one: AccountBackoff, other: AccountBackoff): AccountBackoff => {
    const { used, usedSince } = getFullAt(one) > getFullAt(other) ? one : other
    const secrets = [...one.secrets, ...other.secrets].toSorted(
      (left, right) => getRetryAt(left) - getRetryAt(right) || left.refusals - right.refusals,
    )
    const longest = [...new Map(secrets.map((secret) => [secret.id, secret])).values()]
    return { id: one.id, used, usedSince, secrets: longest.toReversed().slice(0, maxSecrets) }
  }
  return b.reduce((merged, other) => putAccount(merged, mergeOne(findAccount(merged, other.id), other), now), a)
}

/** Drops what is over. If the clock went back, no time stays in the future. A secret is remembered for a day. */
export function normalizeAccounts(accounts: readonly AccountBackoff[], now: number): readonly AccountBackoff[] {
  const isCurrent = (secret: RefusedSecret) => secret.refusedAt <= now && now - getRetryAt(secret) < longestWaitMs
  const normalizeSecrets = (secrets: readonly RefusedSecret[]) =>
    secrets
      .map((secret) => ({ ...secret, refusedAt: Math.min(secret.refusedAt, now) }))
      .filter((secret) => now - getRetryAt(secret) < longestWaitMs)
  return accounts
    .map((account) => {
      const refilled = refill(account, now)
      // Most accounts have not changed, and each request looks at all of them several times.
      return account.secrets.every(isCurrent) ? refilled : { ...refilled, secrets: normalizeSecrets(account.secrets) }
    })
    .filter(({ used, secrets }) => used > 0 || secrets.length > 0)
}

/** The accounts that hold something back, then those with the fewest attempts left. The last ones are dropped first. */
export function sortAccounts(accounts: readonly AccountBackoff[], now: number): readonly AccountBackoff[] {
  const rank = (account: AccountBackoff) => Number(isHoldingBack(account, now))
  return accounts.toSorted((a, b) => rank(b) - rank(a) || getFullAt(b) - getFullAt(a))
}

// ─── One account ────────────────────────────────────────────────────────────────────────────────────────────────────

const getRetryAt = ({ refusedAt, waitMs }: RefusedSecret) => refusedAt + waitMs
const getFullAt = ({ used, usedSince }: AccountBackoff) => usedSince + used * refillMs

function findAccount(accounts: readonly AccountBackoff[], id = ''): AccountBackoff {
  return accounts.find((account) => account.id === id) ?? { id, used: 0, usedSince: 0, secrets: [] }
}

function isHoldingBack({ used, secrets }: AccountBackoff, now: number): boolean {
  return used >= maxAttempts || secrets.some((secret) => getRetryAt(secret) > now)
}

function putAccount(accounts: readonly AccountBackoff[], account: AccountBackoff, now: number) {
  const others = accounts.filter(({ id }) => id !== account.id)
  const next = [...others, account]
  if (next.length <= maxAccounts) return next
  // A new wait always finds a place: otherwise a refused secret could be repeated while the record is full.
  const [dropped] = sortAccounts(isHoldingBack(account, now) ? others : next, now).slice(-1)
  return next.filter((other) => other !== dropped)
}

/** Returns the attempts that have come back with time. */
function refill(account: AccountBackoff, now: number): AccountBackoff {
  const usedSince = Math.min(account.usedSince, now)
  const returned = Math.min(account.used, Math.floor((now - usedSince) / refillMs))
  if (returned === 0 && usedSince === account.usedSince) return account
  return { ...account, used: account.used - returned, usedSince: usedSince + returned * refillMs }
}

function changeAttempts(
  accounts: readonly AccountBackoff[],
  id: string | undefined,
  { change, now }: { readonly change: number; readonly now: number },
): readonly AccountBackoff[] {
  if (id === undefined || change === 0) return accounts
  const account = refill(findAccount(accounts, id), now)
  const used = Math.max(0, Math.min(maxAttempts, account.used + change))
  return putAccount(accounts, { ...account, used, usedSince: account.used === 0 ? now : account.usedSince }, now)
}

// ─── In a store ─────────────────────────────────────────────────────────────────────────────────────────────────────

/** Lists without names, because a keyring's entry is small: id, used, usedSince, and each secret's four fields. */
export type StoredAccount = readonly (string | number)[]

export function storeAccount({ id, used, usedSince, secrets }: AccountBackoff): StoredAccount {
  return [
    id,
    used,
    usedSince,
    ...secrets.flatMap((secret) => [secret.id, secret.refusals, secret.refusedAt, secret.waitMs]),
  ]
}

/**
 * Reads what a store has, no matter who wrote it: no bucket holds more than eight used attempts, no wait exceeds 24 hours.
 * What claims to come from later than `latest` is dropped.
 */
export function readAccount(value: readonly unknown[], latest: number): AccountBackoff {
  const usedSince = number(value[2], 'usedSince')
  const secrets = Array.from({ length: Math.min(maxSecrets, Math.floor((value.length - 3) / 4)) }, (_, index) => {
    const [id, refusals, refusedAt, waitMs] = value.slice(3 + 4 * index)
    return {
      id: string(id, 'secret'),
      refusals: count(refusals, 'refusals'),
      refusedAt: number(refusedAt, 'refusedAt'),
      waitMs: Math.min(count(waitMs, 'waitMs'), longestWaitMs),
    }
  })
  return {
    id: string(value[0], 'account'),
    used: usedSince > latest ? 0 : Math.min(count(value[1], 'used'), maxAttempts),
    usedSince,
    secrets: secrets.filter(({ refusedAt }) => refusedAt <= latest),
  }
}
