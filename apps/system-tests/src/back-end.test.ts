import { createSandbox } from '@particle-grants/sandbox'
import { listen } from '@particle-grants/sandbox/node'
import { buildProgram, runProgram } from '@particle-grants/test-kit/programs'
import { expect, it, onTestFinished } from 'vitest'
import { client, jane } from '../test/signed-in-customer.ts'
import { describeOnEachServer } from '../test/stores.ts'

const example = new URL('../../../examples/back-end-on-redis.mjs', import.meta.url)

describeOnEachServer('the back end example', ({ start }) => {
  it('serves a customer from two processes with one token request', async () => {
    const program = await buildProgram(example)
    const store = await start()
    const sandbox = createSandbox()
    const server = await listen(sandbox, { port: 0 })
    onTestFinished(() => server.close())
    const env = {
      PARTICLE_BASE_URL: server.url,
      PARTICLE_CLIENT_ID: client.id,
      PARTICLE_CLIENT_SECRET: client.secret,
      REDIS_URL: store.type === 'redis' ? store.url : '',
    }
    const backEnds = [runProgram(program, { env }), runProgram(program, { env })]
    onTestFinished(() => {
      for (const backEnd of backEnds) backEnd.kill()
    })
    const urls = await Promise.all(backEnds.map((backEnd) => backEnd.next()))
    const responses = await Promise.all(
      Array.from({ length: 20 }, (_, index) => fetch(String(urls[index % 2]).replace('NAME', jane))),
    )
    expect(responses.map(({ status }) => status)).toEqual(Array(20).fill(200))
    expect(sandbox.requests().filter(({ path }) => path === '/oauth/token')).toHaveLength(1)
    const unknown = await fetch(String(urls[0]).replace('NAME', 'unknown@example.com'))
    expect([unknown.status, await unknown.text()]).toEqual([404, expect.stringContaining('unknown@example.com')])
    for (const backEnd of backEnds) backEnd.kill('SIGTERM')
    expect(await Promise.all(backEnds.map(({ exited }) => exited))).toEqual(Array(2).fill({ code: 0, signal: null }))
  })
})
