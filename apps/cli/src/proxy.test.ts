import { reportSkipped } from '@particle-grants/test-kit/levels'
import { describe, expect, it } from 'vitest'
import { developer, World } from '../test/cli.ts'
import { companyProxy, insideName, makeCertificate, throughTls } from '../test/company.ts'

const login = ['auth', 'login', '-u', developer.username, '--password-stdin']

describe('behind a company proxy', () => {
  it.each(['HTTP_PROXY', 'http_proxy'])('%s is used for token requests and for calls of the API', async (name) => {
    const world = await World.open()
    for (const args of [login, ['auth', 'status', '--check'], ['api', '/v1/devices']]) {
      const proxy = await companyProxy()
      const run = await world.run(args, { stdin: developer.password, env: { [name]: proxy.url } })
      expect([args, run.code]).toEqual([args, 0])
      expect(proxy.asked.join()).toContain(new URL(world.server.url).host)
    }
  })

  it('NO_PROXY names who is spoken to directly', async () => {
    const world = await World.open()
    const proxy = await companyProxy()
    const env = { HTTP_PROXY: proxy.url, NO_PROXY: 'localhost,127.0.0.1' }
    expect(await world.run(login, { stdin: developer.password, env })).toMatchObject({ code: 0 })
    expect(await world.run(['auth', 'status', '--check'], { env })).toMatchObject({ code: 0 })
    expect(proxy.asked).toEqual([])
  })

  it('a proxy that is not there is named, with the variable that names it', async () => {
    const world = await World.open()
    await world.signIn()
    const env = { HTTP_PROXY: 'http://someone:hunter2@127.0.0.1:9' }
    for (const args of [login, ['auth', 'status', '--check'], ['api', '/v1/devices']]) {
      const { code, stderr } = await world.run(args, { stdin: developer.password, env })
      expect([args, code]).toEqual([args, 6])
      expect(stderr).toMatch(/\(ECONNREFUSED\)[\s\S]*Check the proxy 127\.0\.0\.1:9 \(HTTP_PROXY\)/)
      expect(stderr).not.toContain('hunter2')
    }
  })

  it('a variable that has no address is named', async () => {
    const world = await World.open()
    await world.signIn()
    const env = { HTTP_PROXY: 'nonsense' }
    for (const args of [login, ['auth', 'status', '--check'], ['api', '/v1/devices']]) {
      const { code, stderr } = await world.run(args, { stdin: developer.password, env })
      expect([args, code]).toEqual([args, 6])
      expect(stderr).toContain('HTTP_PROXY is not a proxy URL.')
    }
  })

  const certificate = makeCertificate()
  if (certificate === undefined)
    reportSkipped('HTTPS through a proxy', 'there is no openssl here to make a certificate')
  else
    it('HTTPS_PROXY tunnels to an https address', async () => {
      // Node reads NODE_EXTRA_CA_CERTS only at start-up.
      const world = await World.open({ usesProcesses: true })
      const proxy = await companyProxy()
      const address = `${insideName}:${await throughTls(world.server.url, certificate)}`
      const env = {
        HTTPS_PROXY: proxy.url,
        PARTICLE_GRANTS_BASE_URL: `https://${address}`,
        NODE_EXTRA_CA_CERTS: certificate.file,
      }
      expect(await world.run(login, { stdin: developer.password, env })).toMatchObject({ code: 0 })
      expect(await world.run(['auth', 'status', '--check'], { env })).toMatchObject({ code: 0 })
      expect(await world.run(['api', '/v1/devices'], { env })).toMatchObject({ code: 0 })
      expect(new Set(proxy.asked)).toEqual(new Set([`CONNECT ${address}`]))
    })
})
