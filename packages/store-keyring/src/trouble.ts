import { GrantsError } from '@particle-grants/core'

/** What can be wrong with a keyring. */
type Problem = 'unsupported' | 'absent' | 'locked' | 'hanging'

const fileStore = 'or keep sessions in files: `--store file`, or fileStore() of @particle-grants/store-file.'

const problems: Readonly<Record<Problem, string>> = {
  unsupported: `there is no build of @napi-rs/keyring for ${process.platform} on ${process.arch}, or it was not installed`,
  absent: 'this session has no keyring that answers',
  locked: 'it is locked, and nobody is there to unlock it',
  hanging: 'it does not answer in time',
}

const perPlatform: Readonly<Record<string, { readonly absent: string; readonly locked: string }>> = {
  linux: {
    absent:
      'Install gnome-keyring and dbus and sign in to a desktop; without one, start the program by `dbus-run-session` and unlock the keyring there first (see the README of @particle-grants/store-keyring),',
    locked:
      'Unlock it: sign in to the desktop, or pipe its password to `gnome-keyring-daemon --unlock --components=secrets`;',
  },
  darwin: {
    absent: 'Run this as the user who is signed in to the Mac,',
    locked: 'Over SSH, run `security unlock-keychain` first;',
  },
  win32: {
    absent: 'Run this as a user who is signed in to Windows, not as a service;',
    locked: 'Run this as a user who is signed in to Windows, not as a service;',
  },
}

function adviceFor(problem: Problem): string {
  if (problem === 'unsupported') return `Install without --omit=optional, ${fileStore}`
  if (problem === 'hanging') {
    return `Look for a window that asks for the keyring's password, then try again; ${fileStore}`
  }
  const advice = perPlatform[process.platform]?.[problem] ?? 'Unlock or install a keyring,'
  return `${advice} ${fileStore}`
}

export function unavailable(problem: Problem): GrantsError<'store_unavailable'> {
  return new GrantsError('store_unavailable', {
    store: 'keyring',
    problem: problems[problem],
    advice: adviceFor(problem),
  })
}

/** What the native part threw, told apart by its text and never quoted: nobody knows what it may hold. */
export function troubleOf(thrown: unknown): GrantsError<'store_unavailable'> {
  const texts: string[] = []
  for (let error = thrown; error instanceof Error; error = error.cause) texts.push(error.message)
  const text = texts.join('\n')
  if (/did not receive a reply|timed out/i.test(text)) return unavailable('hanging')
  const locked = /dismissed|\blocked\b|no result found|interaction is not allowed|logon session/i
  return unavailable(locked.test(text) ? 'locked' : 'absent')
}

/** A record that would not fit into an entry of every platform. */
export function tooLarge(size: number, most: number): GrantsError<'store_unavailable'> {
  return new GrantsError('store_unavailable', {
    store: 'keyring',
    problem: `a record of ${size} bytes is more than the ${most} that fit into an entry on every platform`,
    advice: 'Keep this session in files: `--store file`, or fileStore() of @particle-grants/store-file.',
  })
}
