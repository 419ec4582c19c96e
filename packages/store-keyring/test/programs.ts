import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { reportSkipped } from '@particle-grants/test-kit/levels'
import { describe, expect, it } from 'vitest'

const programs = ['dbus-run-session', 'gnome-keyring-daemon']

/** Which of the programs that make a throw-away keyring are not here. */
export function missingPrograms(): string[] {
  const folders = (process.env.PATH ?? '').split(delimiter)
  return programs.filter((program) => !folders.some((folder) => isExecutable(join(folder, program))))
}

/** What must not be left out here: `PARTICLE_GRANTS_NEED=redis,keyring`. */
function isNeeded(): boolean {
  return (process.env.PARTICLE_GRANTS_NEED ?? '').split(',').includes('keyring')
}

/** Says what this machine can't run, in one line, where that is so. */
export function sayWhatIsLeftOut(): void {
  const missing = missingPrograms()
  if (missing.length === 0) return
  const how = 'To run these tests, on Linux: `apt-get install gnome-keyring dbus`'
  reportSkipped('store-keyring on a real keyring', `there is no ${missing.join(' and no ')} here. ${how}`)
}

/** Registers tests that need a keyring; where none can be made, a test that holds that none is called for. */
export function describeWithKeyring(body: () => void): void {
  const missing = missingPrograms()
  describe('on a real keyring', () => {
    if (missing.length === 0) return body()
    it('is left out, and nobody asked for it', () => {
      expect(isNeeded(), `PARTICLE_GRANTS_NEED names keyring, but there is no ${missing}`).toBe(false)
    })
  })
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
