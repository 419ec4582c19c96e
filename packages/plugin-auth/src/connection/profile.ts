import { GrantsError } from '@particle-grants/core'
import type { ClientKind } from '@particle-grants/core/protocol'

/** Where secrets are kept. */
export const storeNames = ['keyring', 'file'] as const
/** The name of a store. */
export type StoreName = (typeof storeNames)[number]

/** A sign-in that waits for its code, or is in use: whose, where, by which client, kept in which store. */
export interface SignIn {
  readonly baseUrl: string
  readonly client: { readonly kind: ClientKind; readonly id: string }
  /** Whose it is: `account:…`, `customer:…` or `owner`. */
  readonly subject: string
  readonly store: StoreName
  /** The key of the session's record, so that reading it takes no computing. */
  readonly key: string
  /** Shared with particle-cli, so that logging out has to end it there, too. */
  readonly particleCli?: true
}

/** A profile. It holds no secret. */
export interface Profile {
  /** What is in use; none while the first sign-in waits for its code. */
  readonly signIn?: SignIn
  /** What waits for its code. */
  readonly pending?: SignIn
  /** When somebody was last told that the token nears its end, ms since 1970. */
  readonly warnedAt?: number
}

/** All profiles, and the one that is used where none is named. */
export interface Profiles {
  readonly active?: string
  readonly profiles: Readonly<Record<string, Profile>>
}

/** Whether two sign-ins have the same record. A profile's sign-ins by one client have, whichever account it is. */
export function isSameRecord(one: SignIn, other: SignIn): boolean {
  return one.store === other.store && one.key === other.key
}

/** The name of the profile where none is named, and none was chosen. */
export const defaultProfile = 'default'

/** Whether a name may be a profile's. */
export function isProfileName(name: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9._@+-]{0,63}$/.test(name) && !(name in {})
}

const version = 1

/** The profiles as text. */
export function serializeProfiles(profiles: Profiles): string {
  return JSON.stringify({ version, ...profiles })
}

/** Profiles from text. Throws `store_damaged`, which names the place. */
export function parseProfiles(text: string, place: string): Profiles {
  const read = parsed(text)
  if (!isObject(read) || read.version !== version) {
    throw damaged(
      place,
      isObject(read) && Number(read.version) > version ? newer : 'it is no list of profiles',
    )
  }
  const { active, profiles } = read
  const named = active === undefined || (typeof active === 'string' && isProfileName(active))
  if (!named || !isObject(profiles) || !Object.entries(profiles).every(isEntry)) {
    throw damaged(place, 'a part of it has an unknown form')
  }
  return { ...(active === undefined ? {} : { active }), profiles: profiles as Profiles['profiles'] }
}

const newer = 'a newer version of this program wrote it'

function isEntry([name, profile]: [string, unknown]): boolean {
  if (!isProfileName(name) || !isObject(profile)) return false
  const { signIn, pending, warnedAt } = profile
  return (
    (signIn === undefined || isSignIn(signIn)) &&
    (pending === undefined || isSignIn(pending)) &&
    (warnedAt === undefined || typeof warnedAt === 'number')
  )
}

function isSignIn(given: unknown): given is SignIn {
  if (!isObject(given) || !isObject(given.client)) return false
  const { baseUrl, client, subject, store, key } = given
  const kinds: readonly unknown[] = ['developer', 'product', 'user'] satisfies ClientKind[]
  const stores: readonly unknown[] = storeNames
  const texts = [baseUrl, client.id, subject, key].every(isText)
  return texts && kinds.includes(client.kind) && stores.includes(store)
}

function isText(value: unknown): value is string {
  return typeof value === 'string'
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function damaged(place: string, problem: string): GrantsError {
  const message = `The list of profiles (${place}) cannot be used: ${problem}.`
  return new GrantsError('store_damaged', message, { place, problem, keptAt: undefined })
}
