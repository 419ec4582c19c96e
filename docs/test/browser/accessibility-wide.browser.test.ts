import { expect } from 'vitest'
import { expectAccessible, pages, violationsOf } from './axe.ts'
import { useSite, visit } from './visitor.ts'

useSite()

visit('axe finds nothing on a wide screen, light', (visitor) => expectAccessible(visitor, pages), {
  colorScheme: 'light',
})

visit('axe finds nothing on a wide screen, dark', (visitor) => expectAccessible(visitor, pages), {
  colorScheme: 'dark',
})

visit('axe finds nothing in the results of a search', async ({ page, url }) => {
  await page.goto(`${url}/grants/`)
  await page.getByRole('button', { name: 'Search' }).first().waitFor()
  await page.keyboard.press('/')
  await page.getByRole('searchbox').fill('otp')
  await page.locator('#localsearch-list [role=option]').first().waitFor()
  // VitePress' own: results are links in options, in a box with the role of a button.
  expect(await violationsOf(page, ['nested-interactive'])).toEqual([])
})
