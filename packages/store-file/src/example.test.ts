import { join } from 'node:path'
import { createSandbox } from '@particle-grants/sandbox'
import { listen } from '@particle-grants/sandbox/node'
import { runProgram } from '@particle-grants/test-kit/programs'
import { buildReadmeProgram } from '@particle-grants/test-kit/samples'
import { describe, expect, it, onTestFinished } from 'vitest'
import { temporaryFolder } from '../test/temporary-folder.ts'

describe('the first example of the README', () => {
  it('signs in at its first run and finds its session at the second', async () => {
    const sandbox = createSandbox()
    const server = await listen(sandbox)
    onTestFinished(() => server.close())
    const program = await buildReadmeProgram(join(import.meta.dirname, '..'))
    const folder = await temporaryFolder()
    const env = {
      SANDBOX_URL: server.url,
      XDG_STATE_HOME: folder,
      HOME: folder,
      LOCALAPPDATA: folder,
      PARTICLE_USERNAME: 'dev@example.com',
      PARTICLE_PASSWORD: 'correct horse',
    }
    for (const run of ['first', 'second']) {
      expect(await runProgram(program, { env }).next(), run).toBe('200')
      expect(sandbox.requests().filter(({ path }) => path === '/oauth/token')).toHaveLength(1)
    }
  })
})
