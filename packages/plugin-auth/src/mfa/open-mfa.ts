import { GrantsError } from '@particle-grants/core'
import type { Connection } from '../connection/connection.ts'
import type { Stores } from '../connection/stores.ts'
import { CliError } from '../errors/cli-error.ts'
import { forgetTotpKey, keepTotpKey, keptTotpKey, type TotpKey } from '../totp/index.ts'
import { MfaApi } from './mfa-api.ts'

/** What the commands about MFA work with: the calls, and the keyring for the secret of the codes. */
export interface Mfa {
  readonly api: MfaApi
  /** Whether the secret is kept; `undefined` where there is no keyring to look in. */
  hasKeptKey(username: string): Promise<boolean | undefined>
  keep(username: string, key: TotpKey): Promise<void>
  /** Whether there was one; `undefined` where there is no keyring to look in. */
  forget(username: string): Promise<boolean | undefined>
  mayKeep(): Promise<boolean>
  /** Throws where the secret can't be kept. */
  assertKeyring(): Promise<void>
}

/** Opens what the commands about MFA work with, for whoever is signed in. */
export function openMfa({ baseUrl, session }: Connection, { stores }: { readonly stores: Stores }): Mfa {
  const keyring = () => stores.get('keyring')
  return {
    api: new MfaApi(session),
    hasKeptKey: (username) =>
      ifThere(async () => (await keptTotpKey(await keyring(), { baseUrl, username })) !== undefined),
    keep: async (username, key) => keepTotpKey(await keyring(), { baseUrl, username }, key),
    forget: (username) => ifThere(async () => forgetTotpKey(await keyring(), { baseUrl, username })),
    mayKeep: async () => (await stores.whyNoKeyring()) === undefined,
    async assertKeyring() {
      const problem = await stores.whyNoKeyring()
      if (problem === undefined) return
      throw new CliError('usage', {
        what: `The secret can't be kept: ${problem}`,
        remedy:
          'Leave --keep-secret out, and give the secret to whatever signs in, which passes it on with --totp-stdin.',
      })
    },
  }
}

async function ifThere<T>(look: () => Promise<T>): Promise<T | undefined> {
  try {
    return await look()
  } catch (thrown) {
    if (GrantsError.isInstance(thrown) && thrown.code === 'store_unavailable') return undefined
    throw thrown
  }
}
