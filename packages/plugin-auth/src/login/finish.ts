import { isTokenValid, type MachineTokens } from '@particle-grants/core/machine'
import type { Reporter } from '../command/grants-command.ts'
import type { Connections } from '../connection/connection.ts'
import { activateProfile, isSameRecord, type Profile, type SignIn } from '../connection/profiles.ts'
import { deleteSignIn } from '../connection/sign-out.ts'
import type { ProfileSource } from '../connection/source.ts'
import { loadToken } from '../connection/stored-token.ts'
import { formatAccount, formatExpiry, formatLifetime } from '../output/format.ts'
import type { Login } from './begin.ts'

export interface FinishOptions {
  readonly source: ProfileSource
  /** The tokens that the profile had before. */
  readonly previousTokens: MachineTokens | undefined
  readonly connections: Connections
  readonly reporter: Reporter
}

/** Saves a completed sign-in as the profile's, and reports what that changed. */
export async function finishLogin(login: Login, options: FinishOptions): Promise<void> {
  const { source, connections, reporter } = options
  await login.save()
  const { signIn } = login
  const replaced = await saveProfile(signIn, source.name, connections)
  for (const unused of [replaced.pending, replaced.signIn]) {
    if (unused === undefined || isSameRecord(unused, signIn)) continue
    // The sign-in is complete, whatever the store does here.
    await deleteSignIn(unused, source.name, connections).catch(() => {})
  }
  const store = await connections.stores.get(signIn.store)
  const tokens = (await loadToken(signIn, { profile: source.name, store }))?.tokens
  if (tokens === undefined) throw new Error('The sign-in is complete, but its record has no tokens.')
  reportReplacement(replaced, { signIn, tokens }, options)
  reportLifetime(tokens, reporter)
  await reportStore(signIn, options)
}

/** Makes a sign-in the profile's, and the profile the active one. Returns what the profile was before. */
async function saveProfile(signIn: SignIn, profile: string, { profiles }: Connections): Promise<Profile> {
  let replaced: Profile = {}
  await profiles.change((before) => {
    replaced = before.profiles[profile] ?? {}
    return activateProfile({ profiles: { ...before.profiles, [profile]: { signIn } } }, profile)
  })
  return replaced
}

/** Stores a challenge for the next call. The profile keeps its current sign-in. */
export async function savePending(login: Login, profile: string, { profiles }: Connections): Promise<void> {
  await login.save()
  await profiles.changeProfile(profile, (before) => ({ ...before, pending: login.signIn }))
}

export async function removePending(profile: string, { profiles }: Connections): Promise<void> {
  await profiles.changeProfile(profile, ({ pending: _, ...rest }) => (rest.signIn === undefined ? undefined : rest))
}

/** The earlier token was not revoked. */
function reportReplacement(
  { signIn: before }: Profile,
  { signIn, tokens }: { readonly signIn: SignIn; readonly tokens: MachineTokens },
  { previousTokens, reporter }: FinishOptions,
): void {
  if (before === undefined) return
  const isStillValid =
    previousTokens !== undefined &&
    isTokenValid(previousTokens, Date.now()) &&
    previousTokens.accessToken.reveal() !== tokens.accessToken.reveal()
  const isOther = before.subject !== signIn.subject || before.client.id !== signIn.client.id
  if (!isStillValid && !isOther) return
  const what = `Replaced ${isOther ? formatAccount(before) : 'the earlier sign-in'} in this profile.`
  const expiry = previousTokens?.expiresAt ?? null
  const end = expiry === null ? 'and never expires' : `until ${formatExpiry(expiry)}`
  const validity = isStillValid ? ` Its old token is still valid ${end}.` : ''
  const advice = isOther ? ' To keep both accounts, use --profile.' : ''
  reporter.caution(`${what}${validity}${advice}`)
}

function reportLifetime(tokens: MachineTokens, reporter: Reporter): void {
  const { expiresAt, requestedAt, requested } = tokens
  const granted = expiresAt === null ? 0 : Math.round((expiresAt - requestedAt) / 1000)
  if (requested.expires_in === undefined || requested.expires_in === granted) return
  reporter.caution(
    `Requested a token that ${describeLifetime(requested.expires_in)}; Particle returned one that ${describeLifetime(granted)}.`,
  )
}

function describeLifetime(seconds: number): string {
  return seconds === 0 ? 'never expires' : `expires after ${formatLifetime(seconds)}`
}

/** A file is less protected than a keyring, so it is never chosen silently. */
async function reportStore(signIn: SignIn, { source, connections, reporter }: FinishOptions): Promise<void> {
  const requested = source.store ?? source.profile?.signIn?.store
  if (signIn.store !== 'file' || requested !== undefined) return
  if ((await connections.stores.findKeyringProblem()) === undefined) return
  reporter.caution('No system keyring responds: the token is stored in plain text, in a file that only you can read.')
}
