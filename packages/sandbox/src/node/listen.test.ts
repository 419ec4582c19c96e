import { once } from 'node:events'
import { connect } from 'node:net'
import { createSandbox } from '@particle-grants/sandbox'
import { listen } from '@particle-grants/sandbox/node'
import { describe, expect, it, onTestFinished } from 'vitest'
import { eventually } from '../../test/eventually.ts'
import { basic, send } from '../../test/raw-http.ts'

describe('listening', () => {
  it('uses 127.0.0.1, and a free port if none is given', async () => {
    const server = await listen(createSandbox())
    expect(server.url).toBe(`http://127.0.0.1:${server.port}`)
    expect(server.port).toBeGreaterThan(0)
    await server.close()
  })

  it('rejects an unknown option and a port that does not exist', async () => {
    const rejected = (options: object) => expect(listen(createSandbox(), options)).rejects
    await rejected({ host: '0.0.0.0' }).toThrow(new TypeError('The server has no "host". Known: port'))
    await rejected({ port: 65_536 }).toThrow('The server\'s "port" is an integer from 0 to 65535, not 65536')
  })

  it('says what to do if the port is taken', async () => {
    const server = await listen(createSandbox())
    await expect(listen(createSandbox(), { port: server.port })).rejects.toMatchObject({
      code: 'EADDRINUSE',
      message: expect.stringMatching(/Port \d+ is taken.*Use another one/),
    })
    await server.close()
  })

  it('ends immediately, even with connections that wait, and frees the port', async () => {
    const sandbox = createSandbox()
    const server = await listen(sandbox)
    sandbox.failNext({ delay: 3_600_000 })
    const busy = send(server.url, { path: '/v1/user' })
    const rejected = expect(busy).rejects.toThrow()
    const idle = connect(server.port, '127.0.0.1')
    const idleClosed = new Promise((resolve) => idle.on('error', resolve).on('close', resolve))
    await eventually(() => sandbox.faults.list()).toEqual([])
    await server.close()
    await rejected
    await idleClosed
    await (await listen(sandbox, { port: server.port })).close()
  })

  it('keeps idle connections for a minute, so that a busy client does not use one that is closing', async () => {
    const server = await listen(createSandbox())
    onTestFinished(() => server.close())
    const { headers } = await fetch(`${server.url}/v1/devices`)
    expect(headers.get('keep-alive')).toBe('timeout=65')
  })

  it('can serve one sandbox twice', async () => {
    const sandbox = createSandbox()
    const [one, two] = [await listen(sandbox), await listen(sandbox)]
    await send(one.url, { path: '/v1/user' })
    await send(two.url, { path: '/v1/user' })
    expect(sandbox.requests()).toMatchObject([{ address: '127.0.0.1' }, { address: '127.0.0.1' }])
    await Promise.all([one.close(), two.close()])
  })

  it('drops a byte order mark at the start of a body', async () => {
    const server = await listen(createSandbox())
    const { status } = await send(server.url, {
      path: '/oauth/token',
      headers: {
        authorization: basic('my-product-1234', 'product-secret'),
        'content-type': 'application/x-www-form-urlencoded',
      },
      body: '\uFEFFgrant_type=client_credentials',
    })
    expect(status).toBe(200)
    await server.close()
  })

  it('rejects a body that is too large', async () => {
    const server = await listen(createSandbox())
    const { status } = await send(server.url, { path: '/oauth/token', body: 'x'.repeat(5_000_000) })
    expect(status).toBe(413)
    await server.close()
  })

  it('ignores a request whose client disconnects in the middle of the body', async () => {
    const sandbox = createSandbox()
    const server = await listen(sandbox)
    onTestFinished(() => server.close())
    const client = connect(server.port, '127.0.0.1')
    // Node answers Expect when it has read the head, so the disconnect comes after that.
    client.write('POST /oauth/token HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 9\r\nExpect: 100-continue\r\n\r\na=')
    await once(client, 'data')
    client.resetAndDestroy()
    expect((await send(server.url, { method: 'GET', path: '/v1/user' })).status).toBe(400)
    expect(sandbox.requests()).toMatchObject([{ path: '/v1/user' }])
  })

  it('does not mistake a path for a host', async () => {
    const sandbox = createSandbox()
    const server = await listen(sandbox)
    await send(server.url, { method: 'GET', path: '//evil.test/v1/user' })
    expect(sandbox.requests()[0]?.path).toBe('//evil.test/v1/user')
    await server.close()
  })

  it('reports a defect of the sandbox', async () => {
    const handle = () => Promise.reject(new Error('out of order'))
    const server = await listen({ handle })
    const { status, text } = await send(server.url, { path: '/' })
    expect([status, text]).toEqual([500, expect.stringMatching(/^The sandbox itself failed: Error: out of order/)])
    await server.close()
  })

  it('rejects TRACE as the service does', async () => {
    const sandbox = createSandbox()
    const server = await listen(sandbox)
    const { status, json } = await send(server.url, { method: 'TRACE', path: '/oauth/token' })
    expect([status, json.error]).toEqual([400, 'invalid_request'])
    expect((await send(server.url, { method: 'TRACE', path: '/v1/devices' })).status).toBe(404)
    expect(sandbox.requests()).toMatchObject([{ method: 'TRACE' }, { method: 'TRACE' }])
    await server.close()
  })

  it('handles HEAD like GET, without the body', async () => {
    const server = await listen(createSandbox())
    const { status, text, headers } = await send(server.url, { method: 'HEAD', path: '/' })
    expect([status, text, headers['content-type']]).toEqual([200, '', 'text/html; charset=utf-8'])
    await server.close()
  })
})
