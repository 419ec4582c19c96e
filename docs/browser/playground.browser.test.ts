import { describe, expect } from 'vitest'
import { useSite, type Visitor, visit } from './visitor.ts'

useSite()

async function opened({ page, url }: Visitor, query: string) {
  await page.goto(`${url}/playground${query}`)
  const next = page.getByRole('button', { name: /^Step \d|^All steps/ })
  await next.waitFor()
  return {
    next,
    status: page.locator('[data-test=status]'),
    /** Takes the next step, and waits until the page shows what came of it. */
    async step(title: string) {
      await next.filter({ hasText: title }).press('Enter')
      await page.locator('.log-entry[open] summary strong', { hasText: title }).waitFor()
    },
    latest: page.locator('.log-entry').first(),
  }
}

describe('the playground', () => {
  visit('goes from sign-in through MFA to the end of a developer token', async (visitor) => {
    const { status, step, latest } = await opened(visitor, '?scenario=mfa')
    const { page } = visitor
    await step('Sign in')
    await expect.poll(() => status.textContent()).toBe('mfa_required')
    expect(await latest.textContent()).toContain('mfa_required')
    await page.locator('.state.current', { hasText: 'mfa_required' }).waitFor()
    await step('Send a wrong code')
    expect(await latest.textContent()).toContain('2 tries are left')
    await step('Send the right code')
    await expect.poll(() => status.textContent()).toBe('signed_in')
    expect(await latest.textContent()).toContain('grant_type=urn:custom:mfa-otp')
    expect(await latest.textContent()).not.toMatch(/password|[0-9a-f]{32}/)
    await step('Call the API')
    expect(await latest.textContent()).toContain('Authorization: Bearer ‹access token 1›')
    await step('Let 90 days pass')
    await expect.poll(() => status.textContent()).toBe('reauthentication_required')
    await step('Call the API')
    expect(await latest.textContent()).toContain('nothing sent')
    await latest.getByRole('link', { name: 'reauthentication_required' }).click()
    await page.waitForURL(/\/errors#reauthentication_required$/)
  })

  visit('renews a product token after 90 days, at the first call', async (visitor) => {
    const { step, latest } = await opened(visitor, '?scenario=product')
    for (const title of ['Ask with the client', 'Call the API', 'Let 90 days pass', 'Call the API'])
      await step(title)
    await expect.poll(() => latest.textContent()).toContain('signed_in → renewing → signed_in')
    expect(await latest.textContent()).toContain('Bearer ‹access token 2›')
  })

  visit('refuses to refresh a developer token without sending anything', async (visitor) => {
    const { step, latest } = await opened(visitor, '?scenario=refresh')
    await step('Sign in')
    await step('Renew the token')
    expect(await latest.textContent()).toContain('nothing sent')
    expect(await latest.textContent()).toContain('not_renewable')
    await step('Try the refresh token by hand')
    expect(await latest.textContent()).toContain('400 invalid_grant')
  })

  visit('breaks as one likes, and holds back before the address is locked out', async (visitor) => {
    const { latest } = await opened(visitor, '?scenario=lockout')
    const { page } = visitor
    await page.getByRole('button', { name: 'Sign in with a wrong password, five times' }).last().click()
    await expect.poll(() => latest.textContent()).toContain('sent: 5')
    await page.getByRole('textbox', { name: 'Password' }).fill('typed by a visitor')
    await page.getByRole('button', { name: 'Sign in with these' }).click()
    await expect.poll(() => latest.textContent()).toContain('failure_budget_spent')
    await page.getByRole('button', { name: 'Ten wrong passwords by hand' }).last().click()
    await expect.poll(() => latest.textContent()).toContain('429')
    // Whatever was typed is in no link and in no text.
    expect(page.url()).toBe(`${visitor.url}/playground?scenario=lockout`)
    expect(await page.locator('main').textContent()).not.toContain('typed by a visitor')
  })

  visit('finds a dead server, and a code that is typed', async (visitor) => {
    const { status, step, latest } = await opened(visitor, '?scenario=mfa')
    const { page } = visitor
    await page.getByRole('button', { name: 'Let the server be dead, once' }).click()
    await expect.poll(() => latest.textContent()).toContain('will find nobody')
    await step('Sign in')
    expect(await latest.textContent()).toContain('No answer came.')
    await page.getByRole('button', { name: 'Sign in with these' }).click()
    await expect.poll(() => status.textContent()).toBe('mfa_required')
    const code = await page.locator('.by-hand code').textContent()
    await page.getByRole('textbox', { name: 'Code' }).fill(code ?? '')
    await page.keyboard.press('Enter')
    await expect.poll(() => status.textContent()).toBe('signed_in')
  })

  visit('opens at the step that a link names, and makes such links', async (visitor) => {
    const { context, page, url } = visitor
    await context.grantPermissions(['clipboard-read', 'clipboard-write'])
    const { next, status, step } = await opened(visitor, '?scenario=mfa&step=3')
    await next.filter({ hasText: 'Step 4' }).waitFor()
    expect(await status.textContent()).toBe('signed_in')
    await step('Call the API')
    await page.getByRole('button', { name: 'Copy link to this step' }).click()
    await page.getByRole('button', { name: 'Link copied' }).waitFor()
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(
      `${url}/playground?scenario=mfa&step=4`,
    )
  })

  visit('works without a network, and asks for nothing', async (visitor) => {
    const { context, page } = visitor
    const { step, status } = await opened(visitor, '?scenario=mfa')
    await page.waitForLoadState('networkidle')
    const requests: string[] = []
    context.on('request', (request) => {
      // Chromium itself looks for the icon again when the address changes.
      if (!request.url().endsWith('/favicon.svg')) requests.push(request.url())
    })
    await context.setOffline(true)
    await step('Sign in')
    await step('Send a wrong code')
    await step('Send the right code')
    await expect.poll(() => status.textContent()).toBe('signed_in')
    expect(requests).toEqual([])
  })
})
