import { spawn } from 'node:child_process'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { startUnreaped } from '../test/unreaped.ts'
import { formatOwner, lifeOf, parseOwner, thisProcess } from './owner.ts'

const linux = process.platform === 'linux'

describe('the owner of a lock', () => {
  it('comes back from its one line', async () => {
    const owner = { ...(await thisProcess()), host: 'a host: 100 %/ä' }
    expect(formatOwner(owner)).toMatch(/^[\x21-\x7e]+$/)
    expect(parseOwner(formatOwner(owner))).toEqual(owner)
  })

  it('is not read from what another make of lock wrote', () => {
    for (const text of [
      '',
      'me@host.123:456',
      '2:1:2:3:4:5:6',
      '1:x:2:3:4:5:6',
      '1:1:2:3',
      '1:%ff:2:3:4:5:6',
    ]) {
      expect(parseOwner(text)).toBeUndefined()
    }
  })

  it('is a different one for each lock of a process', async () => {
    expect(formatOwner(await thisProcess())).not.toBe(formatOwner(await thisProcess()))
  })

  it('is alive while its process runs', async () => {
    expect(await lifeOf(await thisProcess())).toBe('alive')
  })

  it('is dead when another process got its number', async () => {
    expect(await lifeOf({ ...(await thisProcess()), start: '1' })).toBe('dead')
  })

  it('is dead when its number is nobody’s', async () => {
    const child = spawn(process.execPath, ['-e', ''])
    await new Promise((resolve) => child.once('exit', resolve))
    expect(await lifeOf({ ...(await thisProcess()), pid: child.pid ?? 0 })).toBe('dead')
  })

  it('is dead when the machine was started anew', async () => {
    expect(await lifeOf({ ...(await thisProcess()), boot: 'another boot' })).toBe('dead')
  })

  it('is not judged on another machine or in another container', async () => {
    const me = await thisProcess()
    expect(await lifeOf({ ...me, boot: 'another boot', host: 'another host' })).toBe('unknown')
    expect(await lifeOf({ ...me, namespace: 'pid:[1]', pid: 2 ** 22 + 1 })).toBe('hidden')
  })

  it('is alive where it could not tell when it started', async () => {
    expect(await lifeOf({ ...(await thisProcess()), start: '' })).toBe('alive')
  })

  it('is not judged when it could not tell where it runs, and this process can', async () => {
    const me = await thisProcess()
    expect(await lifeOf({ ...me, boot: '' })).toBe('unknown')
    expect(await lifeOf({ ...me, namespace: '' })).toBe('unknown')
  })

  it.runIf(linux)('is dead when it was killed, reaped or not', async () => {
    const child = await startUnreaped([process.execPath, '-e', 'process.stdin.resume()'])
    const owner = { ...(await thisProcess()), pid: child.pid, start: await child.startTime() }
    expect(await lifeOf(owner)).toBe('alive')
    process.kill(child.pid, 'SIGSTOP')
    expect(await lifeOf(owner)).toBe('alive')
    await child.kill()
    expect(await lifeOf(owner)).toBe('dead')
  })
})

describe.runIf(linux)('a process that may open no more files', () => {
  afterEach(() => {
    vi.doUnmock('node:fs/promises')
    vi.resetModules()
  })

  it('takes no lock that others would think a dead one’s, and looks again later', async () => {
    const real = await vi.importActual<typeof import('node:fs/promises')>('node:fs/promises')
    const readFile = vi.fn(real.readFile)
    vi.doMock('node:fs/promises', () => ({ ...real, readFile }))
    vi.resetModules()
    const fresh = await import('./owner.ts')
    readFile.mockRejectedValue(Object.assign(new Error('too many open files'), { code: 'EMFILE' }))
    await expect(fresh.thisProcess()).rejects.toMatchObject({ code: 'EMFILE' })
    readFile.mockImplementation(real.readFile)
    expect(await fresh.thisProcess()).toEqual({ ...(await thisProcess()), nonce: expect.any(String) })
    // Whoever it can't look at is alive, as long as it answers to signals.
    readFile.mockRejectedValue(Object.assign(new Error('too many open files'), { code: 'EMFILE' }))
    expect(await fresh.lifeOf({ ...(await thisProcess()), start: '1' })).toBe('alive')
  })
})
