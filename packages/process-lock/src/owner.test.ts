import { spawn } from 'node:child_process'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { startUnreaped } from '../test/unreaped.ts'
import { findLiveness, formatOwner, getThisProcess, parseOwner } from './owner.ts'

const linux = process.platform === 'linux'

describe('the owner of a lock', () => {
  it('survives formatting and parsing', async () => {
    const owner = { ...(await getThisProcess()), host: 'a host: 100 %/ä' }
    expect(formatOwner(owner)).toMatch(/^[\x21-\x7e]+$/)
    expect(parseOwner(formatOwner(owner))).toEqual(owner)
  })

  it('is not parsed from another format', () => {
    const valid = 'format=1&pid=1&start=2&namespace=3&boot=4&host=5&nonce=6'
    expect(parseOwner(valid)).toBeDefined()
    const others = ['', 'me@host.123:456', '1:1:2:3:4:5:6', 'format=1&pid=1']
    for (const [one, other] of [
      ['format=1', 'format=2'],
      ['pid=1', 'pid=x'],
      ['pid=1', 'pid=0'],
    ] as const) {
      others.push(valid.replace(one, other))
    }
    for (const text of others) {
      expect(parseOwner(text)).toBeUndefined()
    }
  })

  it('is a different one for each lock of a process', async () => {
    expect(formatOwner(await getThisProcess())).not.toBe(formatOwner(await getThisProcess()))
  })

  it('is alive while its process runs', async () => {
    expect(await findLiveness(await getThisProcess())).toBe('alive')
  })

  it('is dead when another process got its pid', async () => {
    expect(await findLiveness({ ...(await getThisProcess()), start: '1' })).toBe('dead')
  })

  it('is dead when no process has its pid', async () => {
    const child = spawn(process.execPath, ['-e', ''])
    await new Promise((resolve) => child.once('exit', resolve))
    expect(await findLiveness({ ...(await getThisProcess()), pid: child.pid ?? 0 })).toBe('dead')
  })

  it('is dead when the machine was restarted', async () => {
    expect(await findLiveness({ ...(await getThisProcess()), boot: 'another boot' })).toBe('dead')
  })

  it('cannot be observed on another machine or in another container', async () => {
    const me = await getThisProcess()
    expect(await findLiveness({ ...me, boot: 'another boot', host: 'another host' })).toBe('unknown')
    expect(await findLiveness({ ...me, namespace: 'pid:[1]', pid: 2 ** 22 + 1 })).toBe('other_container')
  })

  it('is alive if its start time is unknown', async () => {
    expect(await findLiveness({ ...(await getThisProcess()), start: '' })).toBe('alive')
  })

  it('cannot be observed if it could not read its environment and this process can', async () => {
    const me = await getThisProcess()
    expect(await findLiveness({ ...me, boot: '' })).toBe('unknown')
    expect(await findLiveness({ ...me, namespace: '' })).toBe('unknown')
  })

  it.runIf(linux)('is dead when it was killed, even before its parent reaped it', async () => {
    const child = await startUnreaped([process.execPath, '-e', 'process.stdin.resume()'])
    const owner = { ...(await getThisProcess()), pid: child.pid, start: await child.startTime() }
    expect(await findLiveness(owner)).toBe('alive')
    process.kill(child.pid, 'SIGSTOP')
    expect(await findLiveness(owner)).toBe('alive')
    await child.kill()
    expect(await findLiveness(owner)).toBe('dead')
  })
})

describe.runIf(linux)('a process that can open no more files', () => {
  afterEach(() => {
    vi.doUnmock('node:fs/promises')
    vi.resetModules()
  })

  it('takes no lock that others would consider dead, and reads its environment again later', async () => {
    const real = await vi.importActual<typeof import('node:fs/promises')>('node:fs/promises')
    const readFile = vi.fn(real.readFile)
    vi.doMock('node:fs/promises', () => ({ ...real, readFile }))
    vi.resetModules()
    const fresh = await import('./owner.ts')
    readFile.mockRejectedValue(Object.assign(new Error('too many open files'), { code: 'EMFILE' }))
    await expect(fresh.getThisProcess()).rejects.toMatchObject({ code: 'EMFILE' })
    readFile.mockImplementation(real.readFile)
    expect(await fresh.getThisProcess()).toEqual({ ...(await getThisProcess()), nonce: expect.any(String) })
    // A process that it cannot observe is alive as long as it responds to signals.
    readFile.mockRejectedValue(Object.assign(new Error('too many open files'), { code: 'EMFILE' }))
    expect(await fresh.findLiveness({ ...(await getThisProcess()), start: '1' })).toBe('alive')
  })
})
