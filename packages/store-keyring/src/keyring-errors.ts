import { GrantsError } from '@particle-grants/core'

type Problem = 'unsupported' | 'absent' | 'locked' | 'hanging'

/** The last sentence of each message, so that a program with other ways to say it can replace it. */
const useFiles = 'Or use fileStore() of @particle-grants/store-file.'

const problems: Readonly<Record<Problem, string>> = {
  unsupported: `@particle-grants/store-keyring has no @napi-rs/keyring for ${process.platform} on ${process.arch}`,
  absent: 'no keyring responds in this session',
  locked: 'it is locked, and no one can unlock it here',
  hanging: 'it does not respond in time',
}

const advicePerPlatform: Readonly<Record<string, { readonly absent: string; readonly locked: string }>> = {
  linux: {
    absent:
      'Install gnome-keyring and dbus and sign in to a desktop. Without a desktop, start the program with `dbus-run-session` and unlock the keyring first (see the README of @particle-grants/store-keyring).',
    locked:
      'Unlock it: sign in to the desktop, or pipe its password to `gnome-keyring-daemon --unlock --components=secrets`.',
  },
  darwin: {
    absent: 'Run this as the user who is signed in to the Mac.',
    locked: 'Over SSH, run `security unlock-keychain` first.',
  },
  win32: {
    absent: 'Run this as a user who is signed in to Windows, not as a service.',
    locked: 'Run this as a user who is signed in to Windows, not as a service.',
  },
}

function findAdvice(problem: Problem): string {
  if (problem === 'unsupported') return 'Install without --omit=optional.'
  if (problem === 'hanging') return 'Look for a window that asks for its password, then try again.'
  return advicePerPlatform[process.platform]?.[problem] ?? 'Unlock or install a keyring.'
}

export function unavailable(problem: Problem): GrantsError<'store_unavailable'> {
  return storeUnavailable(problems[problem], findAdvice(problem))
}

export function storeUnavailable(problem: string, advice: string): GrantsError<'store_unavailable'> {
  const message = `The keyring cannot be used: ${problem}. ${advice} ${useFiles}`
  return new GrantsError('store_unavailable', message, { store: 'keyring', problem })
}

/** Converts an error of the native library. Its text decides the problem and is never quoted: it may contain a secret. */
export function toStoreUnavailable(thrown: unknown): GrantsError<'store_unavailable'> {
  const texts: string[] = []
  for (let error = thrown; error instanceof Error; error = error.cause) texts.push(error.message)
  const text = texts.join('\n')
  if (/did not receive a reply|timed out/i.test(text)) return unavailable('hanging')
  const locked = /dismissed|\blocked\b|no result found|interaction is not allowed|logon session/i
  return unavailable(locked.test(text) ? 'locked' : 'absent')
}
