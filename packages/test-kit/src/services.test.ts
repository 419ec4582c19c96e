import { afterEach, describe, expect, it, vi } from 'vitest'
import { describeWithService, findMissing, findProgram, isRequired } from './services.ts'

describe('a service', () => {
  afterEach(() => {
    vi.restoreAllMocks()
    vi.unstubAllEnvs()
  })

  it('is found by its programs on the PATH', () => {
    expect(findProgram('sh')).toMatch(/\/sh$/)
    vi.stubEnv('PATH', '/nowhere:/nor/here')
    expect(findProgram('sh')).toBeUndefined()
  })

  it('that is missing is described by its missing programs and how to install them', () => {
    vi.stubEnv('PATH', '/nowhere')
    expect(findMissing('redis')).toBe('redis-server not found (apt-get install redis-server)')
    expect(findMissing('keyring')).toBe(
      'dbus-run-session and gnome-keyring-daemon not found (apt-get install gnome-keyring dbus)',
    )
  })

  it('that is missing skips its tests and prints one line with their name', () => {
    vi.stubEnv('PATH', '/nowhere')
    vi.stubEnv('REQUIRED_SERVICES', 'keyring')
    const write = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
    const registered = vi.fn()
    const runIf = vi.spyOn(describe, 'runIf').mockReturnValue(registered as never)
    const body = () => {}

    describeWithService('redis', 'the store on Redis', body)

    expect(runIf).toHaveBeenCalledWith(false)
    expect(registered).toHaveBeenCalledExactlyOnceWith('the store on Redis', body)
    expect(write.mock.calls).toEqual([
      ['[skipped] the store on Redis: redis-server not found (apt-get install redis-server)\n'],
    ])
  })

  it('is required when REQUIRED_SERVICES names it', () => {
    vi.stubEnv('REQUIRED_SERVICES', 'redis,keyring')
    expect(['redis', 'keyring', 'valkey', ''].filter(isRequired)).toEqual(['redis', 'keyring'])
    vi.stubEnv('REQUIRED_SERVICES', '')
    expect(isRequired('redis')).toBe(false)
  })
})
