import { Flags } from '@oclif/core'
import { storeNames } from '../connection/profile.ts'
import type { Wanted } from '../connection/source.ts'

/** The flags that say where the token comes from. */
export const connectionFlags = {
  profile: Flags.string({
    char: 'p',
    helpGroup: 'CONNECTION',
    helpValue: 'NAME',
    summary: 'Use this profile. [env: PARTICLE_GRANTS_PROFILE]',
  }),
  'base-url': Flags.string({
    helpGroup: 'CONNECTION',
    helpValue: 'URL',
    summary: 'Talk to this address instead of https://api.particle.io. [env: PARTICLE_GRANTS_BASE_URL]',
  }),
  store: Flags.option({
    options: storeNames,
    helpGroup: 'CONNECTION',
    summary: 'Where the sign-in is kept. [env: PARTICLE_GRANTS_STORE]',
  })(),
}

/** The values of {@link connectionFlags}. */
export interface ConnectionFlags {
  readonly profile?: string | undefined
  readonly 'base-url'?: string | undefined
  readonly store?: Wanted['store']
}

/** What the flags ask for. */
export function wantedBy(flags: ConnectionFlags): Wanted {
  return { profile: flags.profile, baseUrl: flags['base-url'], store: flags.store }
}
