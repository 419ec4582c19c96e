import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect, it } from 'vitest'
import { grantPages } from '../../generator/grant-pages.ts'
import { siteLink } from '../../generator/sidebar.ts'
import { builtSite } from './paths.ts'
import { useSite, visit } from './visitor.ts'

useSite()

/** KiB that a page may load with an empty cache and before anything is clicked, as hosts send it: text with gzip. */
const limit = 350
const paths = [
  '/',
  '/errors',
  '/guides/choose',
  '/reference/state-machine',
  ...Object.values(grantPages).map(siteLink),
]

visit('no page loads more than its limit', async ({ context, url }) => {
  const weights: Record<string, number> = {}
  for (const path of paths) {
    // A fresh context has an empty cache.
    const fresh = await context.browser()?.newContext()
    const page = await fresh?.newPage()
    const sizes: Promise<number>[] = []
    page?.on('response', (response) => sizes.push(response.body().then((body) => gzipSync(body).length)))
    await page?.goto(url + path, { waitUntil: 'networkidle' })
    const bytes = (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0)
    weights[path] = Math.round(bytes / 1024)
    await fresh?.close()
  }
  process.stderr.write(`[counts] KiB of a cold page: ${JSON.stringify(weights)}\n`)
  expect(Object.entries(weights).filter(([, weight]) => weight === 0 || weight > limit)).toEqual([])
})

it('shows the playground page before the playground itself is loaded', () => {
  expect(readFileSync(join(builtSite, 'playground.html'), 'utf8')).not.toContain('play-ground.')
})
