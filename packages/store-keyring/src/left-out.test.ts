import { afterEach, describe, expect, it, vi } from 'vitest'
import { missingPrograms, sayWhatIsLeftOut } from '../test/programs.ts'

describe('what this machine can not run', () => {
  afterEach(() => {
    vi.restoreAllMocks()
    vi.unstubAllEnvs()
  })

  const lines = () => {
    const write = vi.spyOn(process.stderr, 'write')
    sayWhatIsLeftOut()
    return write.mock.calls.map(([line]) => String(line))
  }

  it('is said where no keyring can be made, and only there', () => {
    expect(lines()).toHaveLength(missingPrograms().length > 0 ? 1 : 0)
  })

  it('is said in one line that tells how to run it', () => {
    vi.stubEnv('PATH', '/nowhere:/nor/here')
    vi.spyOn(process.stderr, 'write').mockReturnValue(true)
    expect(lines()).toEqual([
      expect.stringMatching(
        /^[^\n]*no dbus-run-session and no gnome-keyring-daemon here[^\n]* install [^\n]*\n$/,
      ),
    ])
  })
})
