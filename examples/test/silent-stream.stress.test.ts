import { spawn } from 'node:child_process'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describeStress } from '@particle-grants/test-kit/levels'
import { expect, it, onTestFinished } from 'vitest'
import { examples } from './run.ts'

describeStress('print-events.mjs', () => {
  it('opens a stream again that is silent for 30 s, as over a broken connection', async () => {
    let opened = 0
    const server = createServer((_, response) => {
      opened += 1
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write(':ok\n\n')
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const env = {
      ...process.env,
      PARTICLE_BASE_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      PARTICLE_ACCESS_TOKEN: '0123456789abcdef0123456789abcdef01234567',
    }
    const program = spawn(process.execPath, ['print-events.mjs'], { cwd: examples, env, stdio: 'ignore' })
    onTestFinished(() => {
      program.kill()
      server.closeAllConnections()
      server.close()
    })
    await expect.poll(() => opened).toBe(1)
    const openedAt = Date.now()
    await expect.poll(() => opened).toBe(2)
    expect(Date.now() - openedAt).toBeGreaterThan(29_000)
  })
})
