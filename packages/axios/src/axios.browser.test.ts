import { fileURLToPath } from 'node:url'
import { createSandbox } from '@particle-grants/sandbox'
import { listen } from '@particle-grants/sandbox/node'
import { launchChromium } from '@particle-grants/test-kit/chromium'
import { build } from 'esbuild'
import { afterAll, describe, expect, it, onTestFinished } from 'vitest'
import { hostileForms } from '../test/hostile-forms.ts'
import type { Page } from '../test/page.ts'
import { recorder, refuse } from '../test/recorder.ts'

declare const page: Page

const browser = await launchChromium('axios in Chromium')
afterAll(() => browser?.close())

/** Answers any origin, as the API does. */
const cors = {
  'access-control-allow-origin': '*',
  'access-control-allow-headers': '*, authorization',
  'access-control-expose-headers': '*',
}

async function opened(axios: string, options: { readonly allowedOrigins?: readonly string[] } = {}) {
  if (browser === undefined) throw new Error('Chromium did not start')
  const bundle = await build({
    entryPoints: ['test/page.ts'],
    bundle: true,
    format: 'esm',
    platform: 'browser',
    conditions: ['@particle-grants/source'],
    alias: axios === 'axios' ? {} : { axios },
    absWorkingDir: fileURLToPath(new URL('..', import.meta.url)),
    write: false,
  })
  const script = bundle.outputFiles[0]?.text ?? ''
  const sandbox = createSandbox({ rateLimit: false })
  const api = await listen(sandbox)
  onTestFinished(api.close)
  const site = await recorder(({ url }, response) => {
    if (url === '/script.js') response.writeHead(200, { 'content-type': 'text/javascript' }).end(script)
    else if (url === '/') response.end('<!doctype html><script type="module" src="/script.js"></script>')
    else response.end('{"relative":true}')
  })
  const elsewhere = await recorder((_, response) => response.writeHead(200, cors).end('{"elsewhere":true}'))
  const tab = await browser.newPage()
  onTestFinished(() => tab.close())
  await tab.goto(site.url)
  await tab.waitForFunction(() => 'page' in globalThis)
  const token = await tab.evaluate((given) => page.open(given), { api: api.url, ...options })
  const statuses: number[] = []
  const grants: unknown[] = []
  sandbox.subscribe(({ method, path, status, grant_type }) => {
    if (path === '/oauth/token') grants.push(grant_type)
    else if (method !== 'OPTIONS') statuses.push(status)
  })
  return { tab, sandbox, api: api.url, site, elsewhere, token, statuses, grants }
}

describe.runIf(browser !== undefined).each(['axios-oldest', 'axios-middle', 'axios'])(
  'in Chromium, by XMLHttpRequest, %s',
  (version) => {
    it('renews an invalid token and replays the call, whatever the response type', async () => {
      const scene = await opened(version)
      const { tab, sandbox, api, statuses, grants } = scene
      for (const type of ['json', 'text', 'blob', 'arraybuffer'] as const) {
        // A token that is rejected within its first minute may be renewed later only.
        sandbox.clock.advance('2m')
        await tab.evaluate(() => page.advance(120_000))
        sandbox.revoke()
        const [sent, text] = (await tab.evaluate(([url, as]) => page.get(url, as), [
          `${api}/v1/devices/garden`,
          type,
        ] as const)) as [string, string]
        expect(sent).toBe('[object XMLHttpRequest]')
        expect(JSON.parse(text)).toMatchObject({ name: 'garden' })
      }
      expect(statuses).toEqual([401, 200, 401, 200, 401, 200, 401, 200])
      expect(grants).toHaveLength(4)
    })

    it('a call with a token that has run out waits, and can be aborted', async () => {
      const scene = await opened(version)
      const { tab, sandbox, api, statuses, grants } = scene
      sandbox.clock.advance('90d')
      await tab.evaluate(() => {
        page.advance(90 * 86_400_000)
      })
      expect(await tab.evaluate((url) => page.abortWhileWaiting(url), `${api}/v1/devices`)).toBe('ERR_CANCELED')
      await tab.evaluate((url) => page.get(url), `${api}/v1/devices`)
      expect(statuses).toEqual([200])
      expect(grants).toHaveLength(1)
    })

    it('an upload is sent again with its fields and its progress', async () => {
      const scene = await opened(version)
      const { tab, sandbox, api, statuses } = scene
      sandbox.revoke()
      const result = await tab.evaluate(
        (url) => page.post(url, { note: 'x'.repeat(1000) }),
        `${api}/v1/devices/garden/blink`,
      )
      expect(result).toMatchObject({ status: 200 })
      expect((result as { loaded: number }).loaded).toBeGreaterThan(1000)
      expect(statuses).toEqual([401, 200])
    })

    it('the token goes neither elsewhere nor to the page, nor along a redirect', async () => {
      const scene = await opened(version)
      const { tab, sandbox, api, site, elsewhere, token } = scene
      await tab.evaluate((url) => page.get(url), `${elsewhere.url}/v1`)
      await tab.evaluate(() => page.get('/v1/devices'))
      await tab.evaluate((url) => page.get(url), `//localhost:${elsewhere.port}/v1`)
      sandbox.failNext({
        status: 302,
        body: '',
        headers: { ...cors, location: `${elsewhere.url}/redirected` },
        match: { method: 'GET' },
      })
      await tab.evaluate((url) => page.get(url), `${api}/v1/devices`)
      const seen = [...elsewhere.requests, ...site.requests]
      expect(seen.filter(({ method }) => method === 'GET').map(({ url }) => url)).toEqual(
        expect.arrayContaining(['/v1', '/redirected', '/v1/devices']),
      )
      expect(seen.filter(({ authorization }) => authorization?.includes(token))).toEqual([])
    })

    it('the token goes along with none of the hostile forms', async () => {
      const allowed = await recorder((_, response) => response.writeHead(200, cors).end('{}'))
      const origin = allowed.of('localhost')
      const { tab, site, token } = await opened(version, { allowedOrigins: [origin] })
      // What crosses over to the browser is JSON; it would ask for the names of the made-up hosts.
      const forms = hostileForms(origin, '127.0.0.1').filter(([, config]) =>
        Object.values(config).every((value) => typeof value !== 'object' && !String(value).includes('particle.io')),
      )
      expect(forms.length).toBeGreaterThan(55)
      await tab.evaluate(
        (configs) => page.tryAll(configs),
        forms.map(([, config]) => config),
      )
      const gets = [...allowed.requests, ...site.requests].filter(({ method }) => method === 'GET')
      expect(gets.filter(({ authorization }) => authorization?.includes(token))).toEqual([])
      const hosts = new Set(gets.map(({ host }) => host?.split(':')[0]))
      expect([...hosts]).toEqual(expect.arrayContaining(['127.0.0.1', 'sub.localhost', 'localhost.']))

      await tab.evaluate((url) => page.get(url), `${origin}/v1`)
      expect(allowed.requests.at(-1)?.authorization).toBe(`Bearer ${token}`)
    })

    it('a 401 of another host, which a redirect led to, ends nothing', async () => {
      const { tab, sandbox, api, grants } = await opened(version)
      const hostile = await recorder(({ method }, response) => {
        for (const [name, value] of Object.entries(cors)) response.setHeader(name, value)
        if (method === 'OPTIONS') response.end()
        else refuse(response)
      })
      sandbox.failNext({
        status: 302,
        body: '',
        headers: { ...cors, location: `${hostile.url}/redirected` },
        match: { method: 'GET' },
      })
      expect(await tab.evaluate((url) => page.fail(url), `${api}/v1/devices`)).toMatchObject({ status: 401 })
      await tab.evaluate((url) => page.get(url), `${api}/v1/devices`)
      expect(grants).toEqual([])
    })

    it('an error has no token in it', async () => {
      const scene = await opened(version)
      const { tab, api, token } = scene
      const failed = (await tab.evaluate((url) => page.fail(url), `${api}/v1/devices/nowhere`)) as {
        text: string
        status: number
        request: object
      }
      expect(failed.status).toBe(404)
      expect(failed.request).toEqual({ method: 'GET', url: `${api}/v1/devices/nowhere`, status: 404 })
      expect(failed.text).not.toContain(token)
    })
  },
)
