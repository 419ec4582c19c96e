import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { developerClient, memoryStore, productClient } from '@particle-grants/core'
import { createSandbox, defaultAccounts } from '@particle-grants/sandbox'
import { listen } from '@particle-grants/sandbox/node'
import { describeWithService } from '@particle-grants/test-kit/services'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { RedisServer } from '../../packages/store-redis/test/redis-server.ts'
import { createApp } from '../web-sign-in/app.mjs'
import { CookieBrowser } from './cookie-browser.ts'
import { examples } from './run.ts'

const origin = 'https://devices.example'
const clients = {
  product: productClient({ id: 'my-product-1234', secret: 'product-secret' }),
  developer: developerClient(),
} as const
type Kind = keyof typeof clients
const kinds = Object.keys(clients) as Kind[]

const password = 'battery staple'
const mfa = { secret: 'JBSWY3DPEHPK3PXP' }
/** Each kind's account with MFA, and one without. */
const accounts = defaultAccounts.concat(
  { username: 'max@example.com', password, mfa, customerOf: '1234' },
  { username: 'plain@example.com', password },
  { username: 'plain@example.com', password, customerOf: '1234' },
)
const people = { product: 'max@example.com', developer: 'mfa@example.com' } as const

/** The server in this process, with a sandbox, and browsers that visit it. */
function start(kind: Kind) {
  const sandbox = createSandbox({ accounts })
  const store = memoryStore()
  const attempts = new Map<string, number>()
  const countAttempt = async (device: string) => {
    const count = (attempts.get(device) ?? 0) + 1
    attempts.set(device, count)
    return count
  }
  let isHeld = false
  const held: (() => void)[] = []
  const fetch: typeof globalThis.fetch = async (...call) => {
    if (isHeld) await new Promise<void>((resolve) => held.push(resolve))
    return sandbox.fetch(...call)
  }
  const options = { client: clients[kind], store, fetch, clock: sandbox.clock }
  const app = createApp(options, { key: 'key of the device cookies', countAttempt })
  const username = people[kind]
  const openBrowser = () => new CookieBrowser(origin, (request) => app.fetch(request))
  const submitPassword = (browser: CookieBrowser, given = password) =>
    browser.submit('/sign-in', { username, password: given })
  const submitCode = (browser: CookieBrowser, code = sandbox.otp(username)) => browser.submit('/code', { code })
  const tokenRequests = () => sandbox.requests().filter(({ path }) => path === '/oauth/token')
  const countTokenRequests = () => tokenRequests().length
  return {
    sandbox,
    username,
    openBrowser,
    submitPassword,
    submitCode,
    getWrongCode: () => (sandbox.otp(username) === '000000' ? '000001' : '000000'),
    /** A browser whose user has signed in with password and code. */
    async openSignedIn() {
      const browser = openBrowser()
      await submitPassword(browser)
      const page = await submitCode(browser)
      expectDevices(page)
      // Particle accepts no code twice.
      sandbox.clock.advance('1m')
      return browser
    },
    /** Guesses one wrong password until the lockout guard holds it back. Returns what was shown. */
    async guess() {
      const stranger = openBrowser()
      const pages: Shown[] = []
      for (let sent = -1; sent < countTokenRequests(); ) {
        sent = countTokenRequests()
        const { status, text } = await submitPassword(stranger, 'guessed')
        pages.push({ status, text })
      }
      return pages
    },
    /** How many requests had a user's token. */
    countCalls: () => sandbox.requests().filter(({ path }) => path === '/v1/devices').length,
    tokenRequests,
    hold: () => {
      isHeld = true
    },
    held,
    release: () => {
      isHeld = false
      for (const send of held.splice(0)) send()
    },
  }
}

type Shown = { readonly status: number; readonly text: string }
const signInCookie = '__Host-sign-in'
const deviceCookie = '__Host-device'

function expectDevices({ status, text }: Shown): void {
  expect({ status, text }).toEqual({ status: 200, text: expect.stringContaining('<li>garden</li>') })
}

/** Expects a page with this form and no devices. */
function expectForm({ status, text }: Shown, field: 'password' | 'code', expectedStatus = 200): void {
  expect({ status, text }).toEqual({
    status: expectedStatus,
    text: expect.stringContaining(`name="${field}"`),
  })
  expect(text).not.toContain('garden')
}

const alertOf = ({ text }: Shown) => /role="alert">([^<]*)</.exec(text)?.[1]

describe.each(kinds)('a web server with a %s client', (kind) => {
  it('shows a user the devices after password and code, and nothing after signing out', async () => {
    const { openBrowser, submitPassword, submitCode, sandbox, username } = start(kind)
    const browser = openBrowser()
    expectForm(await browser.get('/'), 'password')
    expectForm(await submitPassword(browser), 'code')
    const page = await submitCode(browser)
    expectDevices(page)
    expect(page.text).toContain(username)
    expect(page.headers.get('cache-control')).toBe('no-store')

    const signedIn = browser.cookies.get(signInCookie)
    expectForm(await browser.submit('/sign-out'), 'password')
    expect(browser.cookies.has(signInCookie)).toBe(false)
    browser.cookies.set(signInCookie, String(signedIn))
    expectForm(await browser.get('/'), 'password')
    expect(sandbox.requests().at(-1)).toMatchObject({
      method: 'DELETE',
      path: '/v1/access_tokens/current',
      status: 200,
    })
  })

  it('shows the devices after the password alone where the account has no MFA', async () => {
    const browser = start(kind).openBrowser()
    expectDevices(await browser.submit('/sign-in', { username: 'Plain@Example.com', password }))
  })

  it('sets cookies that scripts, other sites and other subdomains cannot use', async () => {
    const browser = await start(kind).openSignedIn()
    for (const header of browser.received) {
      expect(header).toMatch(/^__Host-(sign-in|device)=/)
      for (const attribute of ['HttpOnly', 'Secure', 'SameSite=Lax', 'Path=/'])
        expect(header).toMatch(new RegExp(`; ${attribute}(;|$)`))
    }
    expect(browser.received).toHaveLength(3)
  })

  it('shows nothing while the second factor is open, although the user is signed in elsewhere', async () => {
    const { openSignedIn, openBrowser, submitPassword, countCalls } = start(kind)
    const first = await openSignedIn()
    const calls = countCalls()
    const second = openBrowser()
    expectForm(await submitPassword(second), 'code')
    expectForm(await second.get('/'), 'code')
    expect(countCalls()).toBe(calls)
    expectDevices(await first.get('/'))
  })

  it('shows nothing after a wrong password, although the user is signed in elsewhere', async () => {
    const { openSignedIn, openBrowser, submitPassword } = start(kind)
    const first = await openSignedIn()
    const second = openBrowser()
    expectForm(await submitPassword(second, 'wrong'), 'password', 401)
    expectForm(await second.get('/'), 'password')
    expect(second.cookies.size).toBe(0)
    expectDevices(await first.get('/'))
  })

  it('shows nothing after 503, and says to try again', async () => {
    const { openSignedIn, openBrowser, submitPassword, sandbox } = start(kind)
    await openSignedIn()
    sandbox.failNext({ status: 503, body: 'down', match: { path: '/oauth/token' } })
    const browser = openBrowser()
    const page = await submitPassword(browser)
    expectForm(page, 'password', 503)
    expect(alertOf(page)).toMatch(/^Please try again /)
    expectForm(await browser.get('/'), 'password')
    expectForm(await submitPassword(browser), 'code')
  })

  it('starts again with the password after three wrong codes', async () => {
    const { openSignedIn, openBrowser, submitPassword, submitCode, getWrongCode } = start(kind)
    await openSignedIn()
    const browser = openBrowser()
    await submitPassword(browser)
    expectForm(await submitCode(browser, getWrongCode()), 'code', 401)
    expectForm(await submitCode(browser, getWrongCode()), 'code', 401)
    expectForm(await submitCode(browser, getWrongCode()), 'password', 401)
    expectForm(await submitCode(browser), 'password', 401)
    expectForm(await browser.get('/'), 'password')
  })

  it('starts again with the password after the challenge has expired', async () => {
    const { openSignedIn, openBrowser, submitPassword, submitCode, sandbox } = start(kind)
    await openSignedIn()
    const browser = openBrowser()
    await submitPassword(browser)
    sandbox.clock.advance('11m')
    expectForm(await browser.get('/'), 'password')
    expectForm(await submitCode(browser), 'password', 401)
  })

  it('shows nothing while a login is in flight, and keeps what the browser had until then', async () => {
    const { openSignedIn, openBrowser, submitPassword, submitCode, hold, held, release } = start(kind)
    const signedIn = await openSignedIn()
    const empty = openBrowser()
    hold()
    const [login, again] = [submitPassword(empty), submitPassword(signedIn)]
    await expect.poll(() => held.length).toBe(2)
    expectForm(await empty.get('/'), 'password')
    expectForm(await submitCode(empty), 'password', 401)
    release()
    expectForm(await login, 'code')
    expectForm(await again, 'code')
    expectForm(await signedIn.get('/'), 'code')
  })

  it('requires a new sign-in when all tokens of the user were revoked', async () => {
    const { openSignedIn, openBrowser, submitPassword, sandbox, tokenRequests } = start(kind)
    const browsers = [await openSignedIn(), await openSignedIn()]
    sandbox.revoke({ refreshTokens: true })
    for (const browser of browsers) {
      const page = await browser.get('/')
      expectForm(page, 'password', 401)
      expect(alertOf(page)).toBe('Please sign in again.')
      expectForm(await browser.get('/'), 'password')
    }
    // The client's own credentials would open the customer without a password.
    expect(tokenRequests().map(({ grant_type }) => grant_type)).not.toContain('client_credentials')
    expectForm(await submitPassword(openBrowser()), 'code')
  })

  it('opens nothing with the cookie from before the code', async () => {
    const { openBrowser, submitPassword, submitCode, sandbox } = start(kind)
    const browser = openBrowser()
    await submitPassword(browser)
    const pending = String(browser.cookies.get(signInCookie))
    expectDevices(await submitCode(browser))
    sandbox.clock.advance('1m')

    const thief = openBrowser()
    thief.cookies.set(signInCookie, pending)
    expectForm(await thief.get('/'), 'password')
    expectForm(await submitCode(thief), 'password', 401)
    expectDevices(await browser.get('/'))
  })

  it.each(['an unused id', 'an open challenge'])(
    'opens nothing for an attacker who planted a cookie: %s',
    async (planted) => {
      const { openBrowser, submitPassword, submitCode, sandbox } = start(kind)
      const attacker = openBrowser()
      if (planted === 'an open challenge') await submitPassword(attacker)
      else attacker.cookies.set(signInCookie, 'A'.repeat(43))
      const id = String(attacker.cookies.get(signInCookie))

      const browser = openBrowser()
      browser.cookies.set(signInCookie, id)
      expectForm(await submitPassword(browser), 'code')
      expect(browser.cookies.get(signInCookie)).not.toBe(id)
      expectForm(await attacker.get('/'), 'password')
      expectDevices(await submitCode(browser))
      expectForm(await attacker.get('/'), 'password')
      sandbox.clock.advance('1m')
      expectForm(await submitCode(attacker), 'password', 401)
    },
  )

  it('opens nothing for an attacker whose planted challenge the user completes', async () => {
    const { openBrowser, submitPassword, submitCode } = start(kind)
    const attacker = openBrowser()
    await submitPassword(attacker)
    const browser = openBrowser()
    browser.cookies.set(signInCookie, String(attacker.cookies.get(signInCookie)))
    expectDevices(await submitCode(browser))
    expectForm(await attacker.get('/'), 'password')
  })

  it('signs out all tabs of the browser', async () => {
    const { openSignedIn, openBrowser } = start(kind)
    const tab = await openSignedIn()
    const otherTab = openBrowser()
    for (const [name, value] of tab.cookies) otherTab.cookies.set(name, value)
    expectDevices(await otherTab.get('/'))
    await tab.submit('/sign-out')
    expectForm(await otherTab.get('/'), 'password')
    expectForm(await otherTab.submit('/sign-out'), 'password')
  })

  it('ends the earlier sign-in of a browser that signs in again', async () => {
    const { openSignedIn, openBrowser, sandbox } = start(kind)
    const browser = await openSignedIn()
    const thief = openBrowser()
    thief.cookies.set(signInCookie, String(browser.cookies.get(signInCookie)))
    expectDevices(await browser.submit('/sign-in', { username: 'plain@example.com', password }))
    expectForm(await thief.get('/'), 'password')
    expect(sandbox.requests().filter(({ method }) => method === 'DELETE')).toHaveLength(1)
  })

  it.each([
    ['no id', ''],
    ['a short id', 'x'],
    ['a guessed id', 'A'.repeat(43)],
    ['a path', '../../etc/passwd'],
    ['control characters', '%00%0a'],
    ['markup', '"><script>'],
    ['other letters', 'é'.repeat(43)],
    ['a long id', 'A'.repeat(5000)],
  ])('shows the password form for a cookie with %s', async (_, cookie) => {
    const { openSignedIn, openBrowser, submitCode } = start(kind)
    await openSignedIn()
    const browser = openBrowser()
    browser.cookies.set(signInCookie, encodeURIComponent(cookie))
    expectForm(await browser.get('/'), 'password')
    expectForm(await submitCode(browser), 'password', 401)
    expectForm(await browser.submit('/sign-out'), 'password')
  })

  it('shows a back-off like a wrong password', async () => {
    const { openBrowser, guess } = start(kind)
    const pages = await guess()
    expect(pages.length).toBeGreaterThan(1)
    for (const page of pages) expect(page).toEqual(pages[0])
    for (const username of ['unknown@example.com', 'no spaces allowed', '']) {
      const { status, text } = await openBrowser().submit('/sign-in', { username, password })
      expect({ status, text }).toEqual(pages[0])
    }
  })

  it('lets only a browser of the user in while others guess the password', async () => {
    const { openSignedIn, openBrowser, submitPassword, submitCode, guess, tokenRequests } = start(kind)
    const own = await openSignedIn()
    await own.submit('/sign-out')
    await guess()
    const ofOther = openBrowser()
    await ofOther.submit('/sign-in', { username: 'plain@example.com', password })
    const forged = openBrowser()
    // Another device than the one that was signed.
    const forgedDevice = String(own.cookies.get(deviceCookie)).replace(/^./, (first) => (first === '0' ? '1' : '0'))
    forged.cookies.set(deviceCookie, forgedDevice)
    const sent = tokenRequests().length
    for (const browser of [ofOther, forged, openBrowser()])
      expectForm(await submitPassword(browser, 'guessed'), 'password', 401)
    expect(tokenRequests()).toHaveLength(sent)

    expectForm(await submitPassword(own), 'code')
    expectDevices(await submitCode(own))
  })

  it('lets a stolen device cookie guess five times in half an hour', async () => {
    const { openSignedIn, openBrowser, submitPassword, guess, tokenRequests } = start(kind)
    const own = await openSignedIn()
    await guess()
    const thief = openBrowser()
    thief.cookies.set(deviceCookie, String(own.cookies.get(deviceCookie)))
    const sent = tokenRequests().length
    for (let attempt = 0; attempt < 7; attempt += 1) await submitPassword(thief, 'guessed')
    expect(tokenRequests()).toHaveLength(sent + 5)
  })

  it('says when to try again while Particle limits the address', async () => {
    const { openBrowser, submitPassword, sandbox } = start(kind)
    sandbox.failNext({ status: 429, body: { error: 'slow_down' }, headers: { 'retry-after': '90' } })
    const page = await submitPassword(openBrowser())
    expectForm(page, 'password', 503)
    expect(alertOf(page)).toBe('Please try again in 2 min.')
    expect(Number(page.headers.get('retry-after'))).toBeGreaterThan(60)
  })

  it('says when to try again while Particle has locked the address out', async () => {
    const { openBrowser, submitPassword } = start(kind)
    for (let user = 0; user < 10; user += 1)
      await openBrowser().submit('/sign-in', { username: `user${user}@example.com`, password: 'wrong' })
    expectForm(await submitPassword(openBrowser()), 'password', 503)
    const page = await submitPassword(openBrowser())
    expectForm(page, 'password', 503)
    expect(alertOf(page)).toMatch(/^Please try again in \d+ min\.$/)
  })

  it('rejects the forms of other sites', async () => {
    const { openSignedIn, openBrowser, username } = start(kind)
    const browser = await openSignedIn()
    expect(await browser.submit('/sign-out', {}, 'https://evil.example')).toMatchObject({ status: 403 })
    expectDevices(await browser.get('/'))
    const other = openBrowser()
    expect(await other.submit('/sign-in', { username, password }, 'https://evil.example')).toMatchObject({
      status: 403,
    })
    expect(other.cookies.size).toBe(0)
  })
})

describe('a web server with a developer client', () => {
  it('says that an account signs in through its company', async () => {
    const page = await start('developer').openBrowser().submit('/sign-in', { username: 'sso@example.com', password })
    expectForm(page, 'password', 401)
    expect(alertOf(page)).toMatch('through its company')
  })
})

describe('a web server with a product client', () => {
  it('renews the tokens of a customer without a new sign-in', async () => {
    const { openSignedIn, sandbox, tokenRequests } = start('product')
    const browser = await openSignedIn()
    sandbox.clock.advance('91d')
    expectDevices(await browser.get('/'))
    expect(tokenRequests().at(-1)).toMatchObject({ grant_type: 'refresh_token', status: 200 })
  })

  it('says that signing in does not work when the client is wrong, and logs why', async () => {
    const { openBrowser, submitPassword, sandbox } = start('product')
    const log = vi.spyOn(console, 'error').mockReturnValue()
    onTestFinished(() => log.mockRestore())
    sandbox.failNext({ error: 'invalid_client' })
    const page = await submitPassword(openBrowser())
    expectForm(page, 'password', 502)
    expect(log).toHaveBeenCalledOnce()
  })
})

/** Starts server.mjs, and returns its address. */
async function startServer(env: Record<string, string>): Promise<string> {
  const server: ChildProcess = spawn(process.execPath, ['web-sign-in/server.mjs'], {
    cwd: examples,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(async () => {
    server.kill()
    if (server.exitCode === null && server.signalCode === null) await once(server, 'exit')
  })
  const [line] = await once(server.stdout?.setEncoding('utf8') ?? server, 'data')
  return String(line).trim()
}

describeWithService('redis', 'web-sign-in/server.mjs', () => {
  it('lets a second process continue what the first began, through Redis', async () => {
    const redis = await RedisServer.start('redis-server')
    onTestFinished(() => redis.remove())
    const sandbox = createSandbox({ accounts })
    const cloud = await listen(sandbox)
    onTestFinished(cloud.close)
    const env = {
      PARTICLE_BASE_URL: cloud.url,
      PARTICLE_CLIENT_ID: 'my-product-1234',
      PARTICLE_CLIENT_SECRET: 'product-secret',
      REDIS_URL: redis.url,
      DEVICE_KEY: 'key of the device cookies',
    }
    const urls = await Promise.all([startServer(env), startServer(env)])
    let target = 0
    const send = (request: Request) => {
      // As a load balancer does.
      const url = new URL(new URL(request.url).pathname, urls[target])
      const { method, headers } = request
      if (headers.has('origin')) headers.set('origin', url.origin)
      const body = request.body && { body: request.body, duplex: 'half' as const }
      return fetch(url, { method, headers, redirect: 'manual', ...body })
    }
    const browser = new CookieBrowser('http://localhost', send)
    const username = people.product
    expectForm(await browser.submit('/sign-in', { username, password }), 'code')
    const pending = String(browser.cookies.get(signInCookie))

    target = 1
    expectForm(await browser.get('/'), 'code')
    expectForm(
      await browser.submit('/code', { code: sandbox.otp(username) === '000000' ? '000001' : '000000' }),
      'code',
      401,
    )
    target = 0
    expectDevices(await browser.submit('/code', { code: sandbox.otp(username) }))
    target = 1
    expectDevices(await browser.get('/'))

    const thief = new CookieBrowser('http://localhost', send)
    thief.cookies.set(signInCookie, pending)
    expectForm(await thief.get('/'), 'password')

    // The second process knows the browser, whose attempts both count.
    for (let failure = 0; failure < 6; failure += 1) await thief.submit('/sign-in', { username, password: 'guessed' })
    sandbox.clock.advance('1m')
    expectForm(await browser.submit('/sign-in', { username, password }), 'code')
    expectForm(await browser.submit('/sign-out'), 'password')
    target = 0
    expectForm(await browser.get('/'), 'password')
  })
})
