import type { Page } from 'playwright-core'
import { describe, expect } from 'vitest'
import { violationsOf } from './axe.ts'
import { useSite, visit } from './visitor.ts'

useSite()

/** What has the focus, by what it says. */
function focused(page: Page): Promise<string> {
  return page.evaluate(() => {
    const { activeElement } = document
    const label = activeElement instanceof HTMLInputElement ? activeElement.labels?.[0] : activeElement
    return label?.textContent?.replace(/\s+/g, ' ').trim() ?? ''
  })
}

/** Presses Tab until something that says this has the focus. */
async function tabTo(page: Page, text: string): Promise<void> {
  for (let presses = 0; presses < 100; presses += 1) {
    if ((await focused(page)) === text) return
    await page.keyboard.press('Tab')
  }
  expect.fail(`Tab does not lead to "${text}".`)
}

describe('the chooser', () => {
  visit('leads to the page and the command by the keyboard alone', async ({ page, url, context }) => {
    await context.grantPermissions(['clipboard-read', 'clipboard-write'])
    await page.goto(url)
    await page.getByRole('radio', { name: 'My own account' }).waitFor()
    await tabTo(page, 'My own account')
    await page.keyboard.press('Space')
    await page.keyboard.press('Tab')
    expect(await focused(page)).toBe('With a password')
    // An arrow key selects at once, and the next one continues from there: to a result, past it, and back.
    for (const [key, answer] of [
      ['ArrowDown', 'With a password and a code (MFA)'],
      ['ArrowDown', "Through my company's SSO"],
      ['ArrowUp', 'With a password and a code (MFA)'],
    ] as const) {
      await page.keyboard.press(key)
      await page.getByRole('radio', { name: answer, checked: true }).waitFor()
      expect(await focused(page)).toBe(answer)
    }
    await page.getByRole('status').filter({ hasText: 'Your own account, with MFA' }).waitFor()
    const end = page.getByRole('region', { name: 'Your token' })
    await end.getByText('-d grant_type=urn:custom:mfa-otp').waitFor()
    await end.getByText('pgrants auth login').waitFor()
    await tabTo(page, 'Copy: With curl')
    await page.keyboard.press('Enter')
    await end.getByText('Copied').waitFor()
    expect(await page.evaluate(() => navigator.clipboard.readText())).toContain('-d otp=012345')
    await tabTo(page, 'Everything about this request')
    await page.keyboard.press('Enter')
    await page.waitForURL(`${url}/grants/mfa-otp`)
    await page.getByRole('heading', { level: 1, name: 'Finish an MFA sign-in' }).waitFor()
  })

  visit('opens where a link says', async ({ page, url }) => {
    await page.goto(`${url}/?token=customers`)
    await page.getByText('Customers, from a back end').waitFor()
    expect(await page.getByRole('radio', { name: "My product's customers" }).isChecked()).toBe(true)
  })

  visit(
    'is a list of links where no script runs',
    async ({ page, url }) => {
      await page.goto(url)
      const links = page.locator('.chooser').getByRole('link')
      expect(await links.count()).toBeGreaterThan(7)
      await links.filter({ hasText: 'with MFA' }).click()
      await page.waitForURL(`${url}/grants/mfa-otp`)
    },
    { javaScriptEnabled: false },
  )
})

describe('search', () => {
  visit('finds the MFA page by its field, with the keyboard only', async ({ page, url }) => {
    await page.goto(url)
    await page.getByRole('button', { name: 'Search' }).first().waitFor()
    await page.keyboard.press('/')
    await page.getByRole('searchbox').fill('mfa_token')
    await page.locator('#localsearch-list [role=option]').first().waitFor()
    await page.keyboard.press('Enter')
    await page.waitForURL((address) => address.pathname !== '/')
    expect(await page.locator('main').textContent()).toContain('mfa_token')
  })
})

describe('tabs', () => {
  visit('change by the keyboard, and the choice holds on the next page', async ({ page, url }) => {
    await page.goto(`${url}/grants/password`)
    const group = page.locator('.vp-code-group').first()
    const curl = group.getByRole('radio', { name: 'curl' })
    await curl.focus()
    await page.keyboard.press('ArrowRight')
    await group.locator('.blocks > .active').filter({ hasText: 'await fetch' }).waitFor()
    expect(await page.locator('.vp-code-group .tabs input:checked + label').allTextContents()).not.toContain('curl')
    await page.goto(`${url}/grants/mfa-otp`)
    await page.locator('.vp-code-group .blocks > .active').first().filter({ hasText: 'await fetch' }).waitFor()
  })

  visit('have a button that copies what is shown', async ({ page, url, context }) => {
    await context.grantPermissions(['clipboard-read', 'clipboard-write'])
    await page.goto(`${url}/grants/password`)
    const shown = page.locator('.vp-code-group .blocks > .active').first()
    await shown.hover()
    await shown.getByRole('button', { name: 'Copy Code' }).click()
    await page.locator('button.copied').first().waitFor()
    expect(await page.evaluate(() => navigator.clipboard.readText())).toMatch(/^curl https:\/\/api\.particle\.io/)
  })
})

describe('a page that is not there', () => {
  visit('says where to go on', async ({ page, url, problems }) => {
    await page.goto(`${url}/no/such/page`)
    await page.getByRole('heading', { level: 1, name: 'There is no such page' }).waitFor()
    // Chromium itself writes the 404 to the console.
    expect(problems.splice(0).join()).toMatch(/^console: Failed to load resource: .*404/)
    expect(await violationsOf(page)).toEqual([])
    await page.getByRole('link', { name: 'the error page' }).click()
    await page.waitForURL(`${url}/errors`)
  })
})

visit('"Start" leads to the start page, which asks what one has', async ({ page, url }) => {
  await page.goto(`${url}/errors`)
  await page.getByRole('link', { name: 'Start', exact: true }).first().click()
  await page.waitForURL(`${url}/`)
  await page.getByRole('radio', { name: 'My own account' }).waitFor()
})

visit('a link of the library to an error code shows its section', async ({ page, url }) => {
  await page.goto(`${url}/errors#invalid_grant-refresh_token`)
  const anchor = page.locator('[id="invalid_grant-refresh_token"]')
  await anchor.waitFor({ state: 'attached' })
  await expect.poll(async () => (await anchor.boundingBox())?.y ?? -1).toBeGreaterThan(40)
  expect((await anchor.boundingBox())?.y).toBeLessThan(500)
})
