import { afterEach, describe, expect, it, vi } from 'vitest'
import { programOf, sayWhatIsLeftOut, serverKinds } from '../test/servers.ts'

describe('what this machine can not run', () => {
  afterEach(() => {
    vi.restoreAllMocks()
    vi.unstubAllEnvs()
  })

  const linesAbout = (kind: (typeof serverKinds)[number]) => {
    const write = vi.spyOn(process.stderr, 'write')
    sayWhatIsLeftOut(kind)
    return write.mock.calls.map(([line]) => String(line))
  }

  for (const kind of serverKinds) {
    it(`is said where there is no ${kind} server, and only there`, () => {
      expect(linesAbout(kind)).toHaveLength(programOf(kind) === undefined ? 1 : 0)
    })

    it(`is said in one line that tells how to run it: ${kind}`, () => {
      vi.stubEnv('PATH', '/nowhere:/nor/here')
      expect(programOf(kind)).toBeUndefined()
      vi.spyOn(process.stderr, 'write').mockReturnValue(true)
      expect(linesAbout(kind)).toEqual([expect.stringMatching(/^[^\n]*there is no .* install [^\n]*\n$/)])
    })
  }
})
