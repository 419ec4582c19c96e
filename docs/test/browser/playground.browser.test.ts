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
    /** Takes the next step, and waits for its outcome. */
    async step(title: string) {
      await next.filter({ hasText: title }).press('Enter')
      await page.locator('.log-entry[open] summary strong', { hasText: title }).waitFor()
    },
    latest: page.locator('.log-entry').first(),
  }
}

describe('the playground', () => {
  for (const viewport of [
    { width: 1440, height: 900 },
    { width: 390, height: 844 },
  ]) {
    visit(
      `shows the response of a step in the window, at ${viewport.width} × ${viewport.height}`,
      async (visitor) => {
        const { step, latest } = await opened(visitor, '?scenario=mfa')
        await step('Sign in')
        const { y = Number.NaN, height = 0 } = (await latest.locator('summary').boundingBox()) ?? {}
        expect(y).toBeGreaterThan(0)
        expect(y + height).toBeLessThan(viewport.height)
      },
      { viewport },
    )
  }

  visit('shows a developer token from sign-in with MFA to its expiry', async (visitor) => {
    const { status, step, latest } = await opened(visitor, '?scenario=mfa')
    const { page } = visitor
    await step('Sign in')
    await expect.poll(() => status.textContent()).toBe('mfa_required')
    expect(await latest.textContent()).toContain('mfa_required')
    await page.locator('.state.marked', { hasText: 'mfa_required' }).waitFor()
    await step('Send a wrong code')
    expect(await latest.textContent()).toContain('2 attempts are left')
    await step('Send the correct code')
    await expect.poll(() => status.textContent()).toBe('signed_in')
    expect(await latest.textContent()).toContain('grant_type=urn:custom:mfa-otp')
    expect(await latest.textContent()).not.toMatch(/password|[0-9a-f]{32}/)
    await step('Call the API')
    expect(await latest.textContent()).toContain('Authorization: Bearer ‹access_token 1›')
    await step('Move the clock 90 days')
    await expect.poll(() => status.textContent()).toBe('reauthentication_required')
    await step('Call the API')
    expect(await latest.textContent()).toContain('nothing sent')
    await latest.getByRole('link', { name: 'reauthentication_required' }).click()
    await page.waitForURL(/\/errors#reauthentication_required$/)
  })

  visit(
    'scrolls the diagram to the current state on a phone',
    async (visitor) => {
      const { step } = await opened(visitor, '?scenario=mfa')
      for (const [title, state] of [
        ['Sign in', 'mfa_required'],
        ['Send a wrong code', 'mfa_required'],
        ['Send the correct code', 'signed_in'],
      ] as const) {
        await step(title)
        const box = visitor.page.locator('.state.marked', { hasText: state })
        await expect.poll(async () => (await box.boundingBox())?.x).toBeGreaterThan(0)
        const { x = 0, width = Number.NaN } = (await box.boundingBox()) ?? {}
        expect(x + width).toBeLessThan(390)
      }
    },
    { viewport: { width: 390, height: 844 } },
  )

  visit('renews a product token after 90 days, at the first call', async (visitor) => {
    const { step, latest } = await opened(visitor, '?scenario=product')
    for (const title of ['Get a token', 'Call the API', 'Move the clock 90 days', 'Call the API']) await step(title)
    await expect.poll(() => latest.textContent()).toContain('signed_in → renewing → signed_in')
    expect(await latest.textContent()).toContain('Bearer ‹access_token 2›')
  })

  visit('refuses to refresh a developer token without sending anything', async (visitor) => {
    const { step, latest } = await opened(visitor, '?scenario=refresh')
    await step('Sign in')
    await step('Renew the token')
    expect(await latest.textContent()).toContain('nothing sent')
    expect(await latest.textContent()).toContain('not_renewable')
    await step('Try the refresh token with curl')
    expect(await latest.textContent()).toContain('400 invalid_grant')
  })

  visit('holds requests back before the address is locked out', async (visitor) => {
    const { latest } = await opened(visitor, '?scenario=lockout')
    const { page } = visitor
    await page.getByRole('button', { name: 'Sign in with a wrong password, five times' }).last().click()
    await expect.poll(() => latest.textContent()).toContain('sent: 3')
    expect(await latest.textContent()).toContain('backing_off')
    await page.getByRole('button', { name: 'Sign in', exact: true }).click()
    await expect.poll(() => latest.textContent()).toContain('Signed in.')
    await page.getByRole('button', { name: 'Send ten wrong passwords with curl' }).last().click()
    await expect.poll(() => latest.textContent()).toContain('sent: 10')
    await page.getByRole('button', { name: 'Sign in', exact: true }).click()
    await expect.poll(() => latest.textContent()).toContain('429')
  })

  visit('shows an unreachable server, and continues without the steps', async (visitor) => {
    const { status, step, latest } = await opened(visitor, '?scenario=mfa')
    const { page } = visitor
    await page.getByRole('button', { name: 'Make the server unreachable, once' }).click()
    await expect.poll(() => latest.textContent()).toContain('will get no connection')
    await step('Sign in')
    expect(await latest.textContent()).toContain('No response.')
    await page.getByRole('button', { name: 'Sign in', exact: true }).click()
    await expect.poll(() => status.textContent()).toBe('mfa_required')
    await page.getByRole('button', { name: 'Send the correct code' }).last().click()
    await expect.poll(() => status.textContent()).toBe('signed_in')
  })

  visit('opens at the step of a link, and copies such links', async (visitor) => {
    const { context, page, url } = visitor
    await context.grantPermissions(['clipboard-read', 'clipboard-write'])
    const { next, status, step } = await opened(visitor, '?scenario=mfa&step=3')
    await next.filter({ hasText: 'Step 4' }).waitFor()
    expect(await status.textContent()).toBe('signed_in')
    await step('Call the API')
    await page.getByRole('button', { name: 'Copy link to this step' }).click()
    await page.getByRole('button', { name: 'Link copied' }).waitFor()
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(`${url}/playground?scenario=mfa&step=4`)
  })

  visit('works without a network, and sends no request', async (visitor) => {
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
    await step('Send the correct code')
    await expect.poll(() => status.textContent()).toBe('signed_in')
    expect(requests).toEqual([])
  })
})
