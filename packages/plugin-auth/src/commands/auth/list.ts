import {
  formatAccount,
  getAccountName,
  getActiveProfile,
  getStoredSignIn,
  type Profile,
  readStatus,
  type StatusName,
} from '@particle-grants/node/profiles'
import type { Connections } from '@particle-grants/node/sessions'
import { GrantsCommand } from '../../command/grants-command.ts'
import { formatExpiry, toIsoTime } from '../../output/format.ts'
import { paint, wrap } from '../../output/text.ts'

export class AuthList extends GrantsCommand {
  static override summary = 'List the profiles of this machine.'
  static override description =
    'A profile is a sign-in with a name. The list is read on this machine; auth status --check asks the API. auth login signs in to the active profile, which is "default" at first, or to the one that --profile names. That one is then active.'
  static override examples = ['<%= config.bin %> <%= command.id %>']

  async run() {
    await this.parse(AuthList)
    const list = await this.connections.profiles.read()
    const active = getActiveProfile(list)
    const names = Object.keys(list.profiles).sort((one, other) => one.localeCompare(other, 'en', { numeric: true }))
    const profiles = await Promise.all(
      names.map(async (name) => {
        const profile = list.profiles[name] ?? {}
        return {
          name,
          signIn: getStoredSignIn({ profile }),
          ...profile,
          ...(await readState(profile, name, this.connections)),
        }
      }),
    )
    if (profiles.length === 0) this.print(`No profiles. Sign in:\n  ${this.formatCommand('auth login')}`)
    const width = Math.max(0, ...profiles.map(({ name }) => name.length))
    for (const { name, signIn, pending, status, expiresAt } of profiles) {
      const mark = name === active ? paint('green', '*') : ' '
      const account = signIn && `${formatAccount(signIn)} at ${signIn.baseUrl} (${signIn.store})`
      const state = formatState(status, expiresAt)
      const first = `${mark} ${name.padEnd(width)}  `
      const waits = pending && `; the sign-in of ${formatAccount(pending)} waits for its MFA code`
      this.print(wrap(`${account}${state}${waits ?? ''}`, { first }))
    }
    return {
      active,
      profiles: profiles.map(({ name, signIn, pending, status, expiresAt }) => ({
        name,
        active: name === active,
        status,
        expiresAt: toIsoTime(expiresAt ?? null),
        neverExpires: expiresAt === null,
        waitsForCode: pending !== undefined,
        account: getAccountName(signIn),
        baseUrl: signIn?.baseUrl ?? null,
        client: signIn?.client ?? null,
        store: signIn?.store ?? null,
      })),
    }
  }
}

/** `unknown`: the record can't be read, for example while the keyring is locked. */
type State = { readonly status: StatusName | 'unknown'; readonly expiresAt?: number | null | undefined }

async function readState(profile: Profile, name: string, connections: Connections): Promise<State> {
  const source = { from: 'profile', chosenBy: 'profiles', name, isActive: false, profile } as const
  const read = readStatus({ ...source, baseUrl: undefined, store: undefined }, connections)
  return read.then(
    ({ name: status, token }) => ({ status, expiresAt: token?.tokens.expiresAt }),
    () => ({ status: 'unknown' }),
  )
}

function formatState(status: State['status'], expiresAt: State['expiresAt']): string {
  if (status === 'unknown') return "; its record can't be read"
  if (status === 'expired' || status === 'not_signed_in') return '; needs a new sign-in'
  if (expiresAt === null) return '; never expires'
  return expiresAt === undefined ? '' : `; expires ${formatExpiry(expiresAt)}`
}
