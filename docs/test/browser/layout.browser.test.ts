import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { useSite, type Visitor, visit } from './visitor.ts'

useSite()

/** Pages that have everything: tables of many columns, long lines of code, tabs, diagrams, timelines. */
const pages = [
  '/',
  '/grants/',
  '/grants/password',
  '/errors',
  '/reference/token-life',
  '/reference/state-machine',
  '/reference/calls',
  '/architecture',
  '/performance',
  '/guides/scripts-and-ci',
  '/guides/renewal-and-stores',
  '/api/axios/',
  '/api/core/',
  '/playground?scenario=mfa&step=2',
]

async function expectOnEach({ page, url }: Visitor, look: (page: Page) => Promise<readonly string[]>) {
  for (const path of pages) {
    await page.goto(url + path)
    await page.evaluate(() => document.fonts.ready)
    // The one page whose content scripts have to make.
    if (path.startsWith('/playground')) await page.locator('.log-entry').nth(1).waitFor()
    expect(await look(page), path).toEqual([])
  }
}

/** What sticks out of the column of text, or is cut off there. Diagrams may scroll: their letters stay readable. */
function cutOff(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const column = document.querySelector('.vp-doc')?.getBoundingClientRect()
    const seen = [...document.querySelectorAll('.vp-doc *')].filter(
      (element) => !element.closest('.scroller, .drawing, .visually-hidden, thead, .header-anchor, svg, select'),
    )
    // Blocks of code reach the edges of a phone's screen.
    const right = Math.max(column?.right ?? 0, innerWidth < 640 ? innerWidth : 0) + 1
    const isCut = (element: Element) =>
      element.getBoundingClientRect().right > right ||
      (element.scrollWidth > element.clientWidth + 1 && getComputedStyle(element).overflowX !== 'visible')
    return seen.filter(isCut).map(({ tagName, className, textContent }) => {
      return `${tagName}.${className}: ${textContent?.trim().slice(0, 40)}`
    })
  })
}

/** Words of drawings that leave the picture, or the box of a state that they stand in. */
function clippedWords(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const within = (inner: DOMRect, outer: DOMRect, margin: number) =>
      inner.x >= outer.x + margin &&
      inner.x + inner.width <= outer.x + outer.width - margin &&
      inner.y >= outer.y &&
      inner.y + inner.height <= outer.y + outer.height
    const problems: string[] = []
    for (const svg of document.querySelectorAll<SVGSVGElement>('.vp-doc figure svg')) {
      if (svg.getClientRects().length === 0) continue
      for (const text of svg.querySelectorAll('text')) {
        if (!within(text.getBoundingClientRect(), svg.getBoundingClientRect(), 0))
          problems.push(`outside: ${text.textContent}`)
      }
      for (const state of svg.querySelectorAll('.state')) {
        const [box, name] = [state.querySelector('rect'), state.querySelector('text')]
        if (box && name && !within(name.getBBox(), box.getBBox(), 8)) problems.push(`too wide: ${name.textContent}`)
      }
    }
    return problems
  })
}

const phone = { viewport: { width: 375, height: 740 } }

visit('on a phone nothing is wider than its column', (visitor) => expectOnEach(visitor, cutOff), phone)

visit('on a wide screen no table and no code is cut off', (visitor) => expectOnEach(visitor, cutOff))

visit('no word of a drawing is cut off, on a wide screen', (visitor) => expectOnEach(visitor, clippedWords))

visit('no word of a drawing is cut off, on a phone', (visitor) => expectOnEach(visitor, clippedWords), phone)

visit(
  'the text of charts and timelines is at least 11 pixels high on a phone',
  async ({ page, url }) => {
    for (const path of ['/performance', '/reference/token-life']) {
      await page.goto(url + path)
      const sizes = await page.locator('figure svg').evaluateAll((drawings) =>
        drawings.map((svg) => {
          const scale = svg.getBoundingClientRect().width / (svg as SVGSVGElement).viewBox.baseVal.width
          return scale * Number.parseFloat(getComputedStyle(svg).fontSize)
        }),
      )
      expect(sizes.length).toBeGreaterThan(3)
      expect(Math.min(...sizes), path).toBeGreaterThanOrEqual(11)
    }
  },
  { viewport: { width: 390, height: 844 } },
)

visit('the columns of the playground end at one line, above the foot', async ({ page, url }) => {
  for (const step of [0, 2]) {
    await page.goto(`${url}/playground?scenario=mfa&step=${step}`)
    await expect.poll(() => page.locator('.log-entry').count()).toBe(step)
    const ends = await page
      .locator('.playground section:last-child')
      .evaluateAll((cards) => cards.map((card) => Math.round(card.getBoundingClientRect().bottom)))
    expect(ends).toHaveLength(2)
    expect(ends[0]).toBe(ends[1])
    const foot = await page.locator('.VPFooter').boundingBox()
    expect((foot?.y ?? 0) + (await page.evaluate(() => scrollY)) - (ends[0] ?? 0)).toBeGreaterThan(24)
  }
})

visit('the outline says all of each title', async ({ page, url }) => {
  await page.goto(`${url}/errors`)
  const cut = await page
    .locator('.VPDocAsideOutline .outline-link')
    .evaluateAll((links) => links.filter((link) => link.scrollWidth > link.clientWidth).map((link) => link.textContent))
  expect(cut).toEqual([])
})
