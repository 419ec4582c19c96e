import { expect } from 'vitest'
import { expectAccessible, pages, violationsOf } from './axe.ts'
import { useSite, visit } from './visitor.ts'

useSite()

const viewport = { width: 375, height: 740 }

visit('axe finds nothing on a phone, light', (visitor) => expectAccessible(visitor, pages), {
  colorScheme: 'light',
  viewport,
})

visit('axe finds nothing on a phone, dark', (visitor) => expectAccessible(visitor, pages), {
  colorScheme: 'dark',
  viewport,
})

visit(
  'axe finds nothing in what only other pages have',
  (visitor) =>
    expectAccessible(visitor, [
      '/?token=customers',
      '/grants/',
      '/reference/state-machine',
      '/reference/token-life',
      '/architecture',
    ]),
  { colorScheme: 'dark', viewport },
)

visit('axe finds nothing in an explained answer', async ({ page, url }) => {
  await page.goto(`${url}/errors`)
  await page.getByRole('button', { name: 'An error code', exact: true }).click()
  await page.locator('.explained').waitFor()
  expect(await violationsOf(page)).toEqual([])
})
