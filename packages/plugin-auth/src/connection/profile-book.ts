import { CliError } from '../errors/cli-error.ts'
import { defaultProfile, type Profile, type Profiles, parseProfiles, serializeProfiles } from './profile.ts'
import type { Stores } from './stores.ts'

/** Under which key the profiles lie, among the sessions of the file store: written whole, one process at a time. */
const key = 'profiles'

/** The profiles on this machine. They hold no secret, and are in a file whatever keeps the sessions. */
export class ProfileBook {
  readonly #stores: Stores

  constructor(stores: Stores) {
    this.#stores = stores
  }

  async read(): Promise<Profiles> {
    const record = await (await this.#stores.get('file')).load(key)
    return record === undefined ? { profiles: {} } : parse(record.value)
  }

  /** Replaces the profiles by what `change` makes of them, alone among the processes of this machine. */
  async change(change: (profiles: Profiles) => Profiles): Promise<void> {
    const store = await this.#stores.get('file')
    await store.withLock(key, async () => {
      const record = await store.load(key)
      const before = record === undefined ? { profiles: {} } : parse(record.value)
      const after = change(before)
      if (after !== before) await store.save(key, serializeProfiles(after), record?.version ?? null)
    })
  }

  /** Changes one profile; what is `undefined` is taken away. Without any, the profile goes. */
  changeProfile(name: string, change: (profile: Profile) => Profile | undefined): Promise<void> {
    return this.change((before) => {
      const { [name]: profile, ...others } = before.profiles
      const changed = change(profile ?? {})
      if (changed === profile) return before
      const profiles = changed === undefined ? others : { ...others, [name]: changed }
      return withActive({ profiles }, before.active)
    })
  }
}

/** The same profiles with another active one; one that is not there is none. */
export function withActive({ profiles }: Profiles, active: string | undefined): Profiles {
  return active !== undefined && Object.hasOwn(profiles, active) ? { active, profiles } : { profiles }
}

/** The profile that is used where none is named. */
export function activeProfile({ active, profiles }: Profiles): string {
  if (active !== undefined) return active
  const names = Object.keys(profiles)
  return names.length === 1 && names[0] !== undefined ? names[0] : defaultProfile
}

/** Throws `unknown_profile` for a name that is none's. */
export function assertProfile({ profiles }: Profiles, name: string): void {
  if (Object.hasOwn(profiles, name)) return
  const names = Object.keys(profiles)
  throw new CliError('unknown_profile', {
    what: `There is no profile ${JSON.stringify(name)}.`,
    remedy: names.length === 0 ? 'There are none yet: %bin% auth login' : `There are: ${names.join(', ')}.`,
  })
}

function parse(text: string): Profiles {
  return parseProfiles(text, `the record ${key} of the file store`)
}
