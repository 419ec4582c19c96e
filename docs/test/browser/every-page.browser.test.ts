import { expect } from 'vitest'
import { builtPages } from './pages.ts'
import { useSite, visit } from './visitor.ts'

useSite()

visit('every page opens without an error, stays on the site, and is named by one heading', async ({ context, url }) => {
  const pages = builtPages()
  expect(pages.length).toBeGreaterThan(30)
  // In three tabs at once, since most of the time is waiting.
  const tabs = await Promise.all([0, 1, 2].map(() => context.newPage()))
  const rounds = tabs.map(async (tab, turn) => {
    for (const path of pages.filter((_, index) => index % tabs.length === turn)) {
      await tab.goto(url + path, { waitUntil: 'load' })
      expect(await tab.locator('h1').count(), path).toBe(1)
      expect(await tab.title(), path).not.toBe('')
      // What the policy refused goes with the page, so it is looked at before the next one.
      expect(await tab.evaluate(() => globalThis.refusedByPolicy), path).toEqual([])
    }
  })
  await Promise.all(rounds)
})

visit('a page that tries to reach elsewhere is held back', async ({ page, url, problems }) => {
  await page.goto(`${url}/playground`)
  const outcome = await page.evaluate(() =>
    fetch('https://api.particle.io/').then(
      () => 'sent',
      () => 'held back',
    ),
  )
  expect(outcome).toBe('held back')
  await expect
    .poll(() => page.evaluate(() => globalThis.refusedByPolicy.splice(0)))
    .toEqual(['connect-src refused https://api.particle.io/'])
  expect(problems.splice(0).every((problem) => /Content Security Policy|request to|Failed to load/.test(problem))).toBe(
    true,
  )
})
