import { join } from 'node:path'
import { createSandbox } from '@particle-grants/sandbox'
import { listen } from '@particle-grants/sandbox/node'
import { runProgram } from '@particle-grants/test-kit/programs'
import { buildReadmeProgram } from '@particle-grants/test-kit/samples'
import { describeWithService } from '@particle-grants/test-kit/services'
import { expect, it, onTestFinished } from 'vitest'
import { KeyringSession } from '../test/keyring-session.ts'
import { createTestFolder } from '../test/stores.ts'

describeWithService('keyring', 'the first example of the README', () => {
  it('signs in at its first run and finds its session at the second', async () => {
    const keyring = await KeyringSession.start({ password: 'throw-away' })
    onTestFinished(() => keyring.end())
    const sandbox = createSandbox()
    const server = await listen(sandbox)
    onTestFinished(() => server.close())
    const program = await buildReadmeProgram(join(import.meta.dirname, '..'))
    const env = {
      SANDBOX_URL: server.url,
      DBUS_SESSION_BUS_ADDRESS: keyring.address,
      XDG_RUNTIME_DIR: '/nowhere',
      XDG_STATE_HOME: createTestFolder(),
      PARTICLE_USERNAME: 'dev@example.com',
      PARTICLE_PASSWORD: 'correct horse',
    }
    for (const run of ['first', 'second']) {
      expect(await runProgram(program, { env }).next(), run).toBe('200')
      expect(sandbox.requests().filter(({ path }) => path === '/oauth/token')).toHaveLength(1)
    }
  })
})
