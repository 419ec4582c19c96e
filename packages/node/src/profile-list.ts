import { GrantsError, type Store } from '@particle-grants/core'
import type { ClientKind } from '@particle-grants/core/protocol'

/** Where secrets can be stored. */
export const storeNames = ['keyring', 'file'] as const
export type StoreName = (typeof storeNames)[number]

/** A sign-in: whose, where, with which client. It holds no secret. */
export interface SignIn {
  readonly baseUrl: string
  readonly client: { readonly kind: ClientKind; readonly id: string }
  /** `account:…`, `customer:…`, or `owner` of the client. */
  readonly subject: string
  /** A product's customer who signed in with a password. */
  readonly hasPassword?: true
  /** Signed in through SSO: the token is external to the session, and signing out revokes it all the same. */
  readonly isSso?: true
  readonly store: StoreName
  /** The key of the session's record in the store, so that reading the token does not compute it. */
  readonly key: string
}

export interface Profile {
  /** Absent while the first sign-in waits for its MFA code. */
  readonly signIn?: SignIn
  /** The sign-in that waits for its MFA code. */
  readonly pending?: SignIn
}

export interface Profiles {
  /** The default profile, as chosen by the last sign-in or switch. */
  readonly active?: string
  readonly profiles: Readonly<Record<string, Profile>>
}

/** The name of a profile that was not named. */
export const defaultProfile = 'default'

export const profileNameRule = 'A profile name has 1 to 64 characters: letters, digits and . _ @ + -'

export function isProfileName(name: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9._@+-]{0,63}$/.test(name) && !(name in {})
}

/** Returns the profile that is used if none is named. After the active one signed out, it is the newest. */
export function getActiveProfile({ active, profiles }: Profiles): string {
  return active ?? Object.keys(profiles).at(-1) ?? defaultProfile
}

/** Makes a profile the active one if it exists. */
export function activateProfile({ profiles }: Profiles, active: string | undefined): Profiles {
  return active !== undefined && Object.hasOwn(profiles, active) ? { active, profiles } : { profiles }
}

/** @throws GrantsError `unknown_profile` */
export function assertProfile({ profiles }: Profiles, name: string): void {
  if (Object.hasOwn(profiles, name)) return
  const names = Object.keys(profiles)
  const known = names.length > 0 ? `Profiles: ${names.join(', ')}.` : 'There are no profiles.'
  const message = `There is no profile ${JSON.stringify(name)}. ${known}`
  const command = names.length > 0 ? undefined : ['auth', 'login']
  throw new GrantsError('unknown_profile', message, { profile: name, profiles: names, command })
}

/** Starts the stored name of an account whose name Particle did not return: every stored token needs a subject. */
export const unnamedAccountPrefix = 'unnamed-'

/** Returns the username or customer of a sign-in; `null` for a client's owner and for an unnamed account. */
export function getAccountName(signIn: Pick<SignIn, 'subject'> | undefined): string | null {
  const { subject = 'owner' } = signIn ?? {}
  if (subject === 'owner' || subject.startsWith(`account:${unnamedAccountPrefix}`)) return null
  return subject.slice(subject.indexOf(':') + 1)
}

/** Formats whose sign-in it is. */
export function formatAccount(signIn: Pick<SignIn, 'subject' | 'client'>): string {
  const name = getAccountName(signIn)
  if (name !== null) return name
  return signIn.subject === 'owner' ? `the owner of ${signIn.client.id}` : 'an unnamed account'
}

/** The profiles of this machine. They are in the file store, because they hold no secret. */
export class ProfileList {
  readonly #stores: { get(name: StoreName): Promise<Store> }

  constructor(stores: { get(name: StoreName): Promise<Store> }) {
    this.#stores = stores
  }

  /**
   * Returns the profiles; `undefined` if none was ever made. After the last one signed out, the list is there and empty.
   *
   * @throws GrantsError `store_damaged` or `store_unavailable`
   */
  async find(): Promise<Profiles | undefined> {
    const record = await (await this.#stores.get('file')).load(recordKey)
    return record && parseProfiles(record.value)
  }

  /** The same as `find`, with an empty list in place of `undefined`. */
  async read(): Promise<Profiles> {
    return (await this.find()) ?? { profiles: {} }
  }

  /** Replaces the profiles with the result of `change`, while no other process changes them. Returns those before it. */
  async change(change: (profiles: Profiles) => Profiles): Promise<Profiles> {
    const store = await this.#stores.get('file')
    return store.withLock(recordKey, async () => {
      const record = await store.load(recordKey)
      const before = record === undefined ? { profiles: {} } : parseProfiles(record.value)
      const after = change(before)
      if (after !== before) await store.save(recordKey, serializeProfiles(after), record?.version ?? null)
      return before
    })
  }

  /** Replaces one profile with the result of `change`; `undefined` removes it. */
  async changeProfile(name: string, change: (profile: Profile) => Profile | undefined): Promise<void> {
    await this.change((before) => {
      const { [name]: profile, ...others } = before.profiles
      const changed = change(profile ?? {})
      if (changed === profile) return before
      const profiles = changed === undefined ? others : { ...others, [name]: changed }
      return activateProfile({ profiles }, before.active)
    })
  }
}

// ─── The format of the record ────────────────────────────────────────────────────────────────────────────────────────

const recordKey = 'profiles'
const version = 1

export function serializeProfiles(profiles: Profiles): string {
  return JSON.stringify({ version, ...profiles })
}

/** @throws GrantsError `store_damaged` */
export function parseProfiles(text: string): Profiles {
  const { version: found, active, profiles } = parseObject(text)
  if (found === version && profiles) return { ...(active === undefined ? {} : { active }), profiles } as Profiles
  const problem = found === undefined ? 'it is not a list of profiles' : 'another version of this program wrote it'
  const place = `the record ${recordKey} of the file store`
  const message = `The list of profiles (${place}) can't be used: ${problem}.`
  throw new GrantsError('store_damaged', message, { place, problem, keptAt: undefined })
}

/** Returns an empty object for a text that is not the JSON of an object. */
function parseObject(text: string): Readonly<Record<string, unknown>> {
  try {
    return Object(JSON.parse(text))
  } catch {
    return {}
  }
}
