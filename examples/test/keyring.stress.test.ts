import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createSandbox } from '@particle-grants/sandbox'
import { listen } from '@particle-grants/sandbox/node'
import { describeWithService } from '@particle-grants/test-kit/services'
import { expect, it, onTestFinished } from 'vitest'
import { KeyringSession } from '../../packages/store-keyring/test/keyring-session.ts'
import { runNode } from './run.ts'

describeWithService('keyring', 'default.mjs with a profile in the keyring', () => {
  it('uses it, and says so when the keyring is locked', async () => {
    const home = mkdtempSync(join(tmpdir(), 'particle-grants-keyring-example-'))
    onTestFinished(() => rmSync(home, { recursive: true, force: true, maxRetries: 10 }))
    const server = await listen(createSandbox())
    onTestFinished(() => server.close())
    const run = (args: string, { address }: KeyringSession, input = '') => {
      const env = { CI: '', HOME: home, XDG_STATE_HOME: home, XDG_RUNTIME_DIR: home, DBUS_SESSION_BUS_ADDRESS: address }
      return runNode(args.split(' '), { env, input })
    }
    const unlocked = await KeyringSession.start({ password: 'right' })
    const login = `auth login -u dev@example.com --password-stdin --store keyring --base-url ${server.url}`
    expect(await run(`../apps/cli/bin/pgrants.cjs ${login}`, unlocked, 'correct horse\n')).toMatchObject({ code: 0 })
    expect(await run('default.mjs', unlocked)).toMatchObject({
      code: 0,
      stderr: 'Using profile default (dev@example.com)\n',
    })
    await unlocked.end({ keepFolder: true })

    const locked = await KeyringSession.start({ password: 'wrong', folder: unlocked.folder })
    onTestFinished(() => locked.end())
    const { code, stderr } = await run('default.mjs', locked)
    expect(code).toBe(1)
    expect(stderr).toContain("The sign-in of profile default (dev@example.com) can't be used.")
    expect(stderr).toContain('locked')
  })
})
