import type { AddressInfo } from 'node:net'
import { serve } from '@hono/node-server'
import { memoryStore, productClient } from '@particle-grants/core'
import { createSandbox, defaultAccounts } from '@particle-grants/sandbox'
import { launchChromium } from '@particle-grants/test-kit/chromium'
import { afterAll, describe, expect, it, onTestFinished } from 'vitest'
import { createApp } from '../web-sign-in/app.mjs'

const browser = await launchChromium('examples/web-sign-in in Chromium')
afterAll(() => browser?.close())

type Page = Awaited<ReturnType<NonNullable<typeof browser>['newPage']>>

const username = 'max@example.com'
const password = 'battery staple'
const mfa = { secret: 'JBSWY3DPEHPK3PXP' }
const accounts = defaultAccounts.concat({ username, password, mfa, customerOf: '1234' })

/** Two servers that share a store, as processes do, and a browser. Ports share cookies. */
async function start() {
  const sandbox = createSandbox({ accounts })
  const client = productClient({ id: 'my-product-1234', secret: 'product-secret' })
  const options = { client, store: memoryStore(), fetch: sandbox.fetch, clock: sandbox.clock }
  const devices = { key: 'key of the device cookies', countAttempt: async () => 1 }
  const urls = await Promise.all(
    [1, 2].map(async () => {
      const { fetch } = createApp(options, devices)
      const { port } = await new Promise<AddressInfo>((resolve) => {
        const server = serve({ fetch, hostname: '127.0.0.1', port: 0 }, resolve)
        onTestFinished(() => void server.close())
      })
      return `http://localhost:${port}/`
    }),
  )
  const [url = '', otherUrl = ''] = urls
  const openBrowser = async () => {
    if (browser === undefined) throw new Error('Chromium did not start')
    const context = await browser.newContext()
    onTestFinished(() => context.close())
    // A busy machine is slow.
    context.setDefaultTimeout(90_000)
    return context
  }
  return { sandbox, url, otherUrl, openBrowser }
}

async function submitPassword(page: Page): Promise<void> {
  await page.getByLabel('Email').fill(username)
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
}

async function submitCode(page: Page, code: string): Promise<void> {
  await page.getByLabel('Code').fill(code)
  await page.getByRole('button', { name: 'Continue' }).click()
}

const isCodeShown = (page: Page) => page.getByLabel('Code').waitFor()
const isPasswordShown = (page: Page) => page.getByLabel('Password').waitFor()
const areDevicesShown = (page: Page) => page.getByText('garden').waitFor()

describe.runIf(browser !== undefined)('the sign-in server in Chromium', () => {
  it('signs in over http://localhost with Secure cookies that scripts cannot read', async () => {
    const { sandbox, url, openBrowser } = await start()
    const context = await openBrowser()
    const page = await context.newPage()
    await page.goto(url)
    await submitPassword(page)
    await isCodeShown(page)
    const pending = await context.cookies()
    await submitCode(page, sandbox.otp(username))
    await areDevicesShown(page)

    const cookies = await context.cookies()
    expect(cookies.map(({ name }) => name).toSorted()).toEqual(['__Host-device', '__Host-sign-in'])
    for (const cookie of cookies) expect(cookie).toMatchObject({ httpOnly: true, secure: true, sameSite: 'Lax' })
    expect(await page.evaluate(() => document.cookie)).toBe('')
    const idOf = (list: typeof cookies) => list.find(({ name }) => name === '__Host-sign-in')?.value
    expect(idOf(cookies)).not.toBe(idOf(pending))
  })

  it('continues a challenge at another server, and signs out all tabs', async () => {
    const { sandbox, url, otherUrl, openBrowser } = await start()
    const context = await openBrowser()
    const [page, tab] = [await context.newPage(), await context.newPage()]
    await page.goto(url)
    await submitPassword(page)
    await isCodeShown(page)
    await tab.goto(otherUrl)
    await submitCode(tab, sandbox.otp(username))
    await areDevicesShown(tab)
    await page.reload()
    await areDevicesShown(page)

    await tab.getByRole('button', { name: 'Sign out' }).click()
    await isPasswordShown(tab)
    await page.reload()
    await isPasswordShown(page)
    await page.goBack()
    expect(await page.content()).not.toContain('garden')
  })

  it('shows nothing in a second browser with the password alone', async () => {
    const { sandbox, url, openBrowser } = await start()
    const first = await (await openBrowser()).newPage()
    await first.goto(url)
    await submitPassword(first)
    await submitCode(first, sandbox.otp(username))
    await areDevicesShown(first)

    const second = await (await openBrowser()).newPage()
    await second.goto(url)
    await submitPassword(second)
    await isCodeShown(second)
    await second.goto(url)
    await isCodeShown(second)
    expect(await second.content()).not.toContain('garden')
  })

  it('opens nothing with a cookie that was planted before the sign-in', async () => {
    const { sandbox, url, openBrowser } = await start()
    const [victim, attacker] = [await openBrowser(), await openBrowser()]
    const planted = { name: '__Host-sign-in', value: 'A'.repeat(43), url: url.replace('http:', 'https:'), secure: true }
    for (const context of [victim, attacker]) await context.addCookies([planted])
    const page = await victim.newPage()
    const request = await (await page.goto(url))?.request().allHeaders()
    expect(request?.cookie).toContain(planted.value)
    await submitPassword(page)
    await submitCode(page, sandbox.otp(username))
    await areDevicesShown(page)
    const other = await attacker.newPage()
    await other.goto(url)
    await isPasswordShown(other)
  })

  it('neither signs in nor signs out by a form of another site', async () => {
    const { sandbox, url, openBrowser } = await start()
    const context = await openBrowser()
    const page = await context.newPage()
    await page.goto(url)
    await submitPassword(page)
    await submitCode(page, sandbox.otp(username))
    await areDevicesShown(page)

    for (const path of ['sign-out', 'sign-in']) {
      const evil = await context.newPage()
      await evil.goto('data:text/html,<form method="post"><button>Win</button></form>')
      await evil.evaluate((action) => document.querySelector('form')?.setAttribute('action', action), url + path)
      const [response] = await Promise.all([
        evil.waitForResponse(url + path),
        evil.getByRole('button', { name: 'Win' }).click(),
      ])
      expect(response.status()).toBe(403)
    }
    await page.reload()
    await areDevicesShown(page)
  })
})
