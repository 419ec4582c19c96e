import { spawn } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { describe, expect, it, onTestFinished } from 'vitest'
import { formatOwner, lifeOf, parseOwner, thisProcess } from './owner.ts'

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
    expect(await lifeOf({ ...me, namespace: 'pid:[1]', pid: 2 ** 22 + 1 })).toBe('unknown')
  })

  it.runIf(process.platform === 'linux')('is dead when it was killed, reaped or not', async () => {
    // The shell starts a child, tells its number, and never asks how it ended.
    const shell = spawn('sh', ['-c', 'sleep 100 & echo $!; exec sleep 100'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    onTestFinished(() => void shell.kill('SIGKILL'))
    const pid = Number(await new Promise((resolve) => shell.stdout.once('data', resolve)))
    const fields = (await readFile(`/proc/${pid}/stat`, 'utf8')).split(') ')[1]?.split(' ') ?? []
    const owner = { ...(await thisProcess()), pid, start: fields[19] ?? '' }
    expect(await lifeOf(owner)).toBe('alive')
    process.kill(pid, 'SIGSTOP')
    expect(await lifeOf(owner)).toBe('alive')
    process.kill(pid, 'SIGKILL')
    await expect.poll(() => lifeOf(owner), { timeout: 10_000 }).toBe('dead')
    expect(await readFile(`/proc/${pid}/stat`, 'utf8')).toMatch(/\) Z /)
  })
})
