import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import type { Visitor } from './visitor.ts'

/** One page of each kind, for every look. */
export const pages: readonly string[] = [
  '/',
  '/grants/password',
  '/errors',
  '/playground?scenario=mfa&step=2',
  '/guides/scripts-and-ci',
  '/api/axios/',
]

/** What axe finds, except by rules that are named. */
export async function violationsOf(page: Page, exceptBy: readonly string[] = []): Promise<string[]> {
  const axe = new AxeBuilder({ page }).options({ resultTypes: ['violations'] })
  const { violations } = await axe.disableRules([...exceptBy]).analyze()
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id} at ${target}: ${failureSummary}`),
  )
}

/** Opens pages in turn, and expects axe to find nothing, and that none is wider than the window. */
export async function expectAccessible({ page, url }: Visitor, paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    await page.goto(url + path)
    await page.waitForLoadState('networkidle')
    expect(await violationsOf(page), path).toEqual([])
    const { scrollWidth, clientWidth } = await page.evaluate(() => {
      const { scrollWidth, clientWidth } = document.documentElement
      return { scrollWidth, clientWidth }
    })
    expect(scrollWidth, `${path} scrolls sideways`).toBeLessThanOrEqual(clientWidth)
  }
}
