import { launchChromium } from '@particle-grants/test-kit/chromium'
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest'
import { serveSite } from './serve-site.ts'

declare global {
  var refusedByPolicy: string[]
}

/** A visitor of the site with a browser. */
export interface Visitor {
  readonly page: Page
  readonly url: string
  readonly context: BrowserContext
  /** Console errors, violations of the policy and requests to elsewhere, so far. */
  readonly problems: string[]
}

let browser: Browser | undefined
let site: Awaited<ReturnType<typeof serveSite>>

/** Serves the site and starts a browser for the tests of this file. */
export function useSite(): void {
  beforeAll(async () => {
    site = await serveSite()
    browser = await launchChromium('the site in a browser')
  })
  afterAll(async () => {
    site.close()
    await browser?.close()
  })
}

/** Defines a test of the site. It fails on console errors and on requests to other hosts. */
export function visit(
  title: string,
  test: (visitor: Visitor) => Promise<void>,
  options: BrowserContextOptions = {},
): void {
  it(title, async ({ skip }) => {
    if (browser === undefined) return skip()
    const visitor = await open(browser, options)
    await test(visitor)
    await visitor.page
      .evaluate(() => globalThis.refusedByPolicy)
      .then((refused) => visitor.problems.push(...(refused ?? [])))
    expect(visitor.problems).toEqual([])
  })
}

async function open(using: Browser, options: BrowserContextOptions): Promise<Visitor> {
  const context = await using.newContext({
    viewport: { width: 1280, height: 900 },
    reducedMotion: 'reduce',
    ...options,
  })
  onTestFinished(() => context.close())
  // A busy machine is slow.
  context.setDefaultTimeout(90_000)
  const problems: string[] = []
  context.on('request', (request) => {
    const { protocol, origin } = new URL(request.url())
    if (protocol !== 'data:' && origin !== site.url) problems.push(`request to ${request.url()}`)
  })
  context.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') problems.push(`console: ${message.text()}`)
  })
  context.on('weberror', (error) => problems.push(`uncaught: ${error.error().message}`))
  await context.addInitScript(() => {
    globalThis.refusedByPolicy = []
    addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => {
      globalThis.refusedByPolicy.push(`${violatedDirective} refused ${blockedURI}`)
    })
  })
  const page = await context.newPage()
  return { page, url: site.url, context, problems }
}
