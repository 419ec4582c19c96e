import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect, it } from 'vitest'
import { builtPages } from './pages.ts'
import { builtSite } from './paths.ts'
import { useSite, visit } from './visitor.ts'

useSite()

/**
 * What a page may load with an empty cache and before anything is clicked, in KiB: decoded, as the browser reads it, and
 * sent, as hosts send it with gzip.
 */
const limits: readonly { readonly kind: RegExp; readonly decoded: number; readonly sent: number }[] = [
  { kind: /^\/$/, decoded: 325, sent: 115 },
  { kind: /^\/guides\//, decoded: 350, sent: 125 },
  { kind: /^\/decisions\//, decoded: 350, sent: 125 },
  // Some 260 KiB of each page are Vue, VitePress, the style sheet and the font.
  { kind: /^\/grants\//, decoded: 360, sent: 115 },
  { kind: /^\/reference\//, decoded: 375, sent: 125 },
  { kind: /^\/(?:architecture|performance)$/, decoded: 395, sent: 125 },
  { kind: /^\/api\//, decoded: 445, sent: 130 },
  { kind: /^\/errors$/, decoded: 470, sent: 150 },
  { kind: /^\/playground$/, decoded: 515, sent: 185 },
]

const size = (page: string) => statSync(join(builtSite, `${page.replace(/\/$/, '/index')}.html`)).size

visit('no page of any kind loads more than the limit of its kind', async ({ context, url }) => {
  const pages = builtPages()
  expect(pages.filter((page) => !limits.some(({ kind }) => kind.test(page)))).toEqual([])
  const weights: Record<string, { decoded: number; sent: number }> = {}
  for (const { kind, ...limit } of limits) {
    const ofKind = pages.filter((page) => kind.test(page)).sort((one, other) => size(other) - size(one))
    // All scripts and styles are the same within a kind, or nearly so: its longest pages are its heaviest.
    for (const path of ofKind.slice(0, 3)) {
      // A fresh context has an empty cache.
      const fresh = await context.browser()?.newContext()
      const page = await fresh?.newPage()
      const bodies: Promise<Buffer>[] = []
      page?.on('response', (response) => bodies.push(response.body()))
      await page?.goto(url + path, { waitUntil: 'networkidle' })
      page?.removeAllListeners('response')
      const read = await Promise.all(bodies)
      await fresh?.close()
      const total = (sizes: readonly number[]) => Math.round(sizes.reduce((sum, one) => sum + one, 0) / 1024)
      const decoded = total(read.map((body) => body.length))
      const sent = total(read.map((body) => gzipSync(body).length))
      weights[path] = { decoded, sent }
      expect.soft(decoded, `${path}, KiB decoded`).toBeLessThanOrEqual(limit.decoded)
      expect.soft(sent, `${path}, KiB sent`).toBeLessThanOrEqual(limit.sent)
      expect(decoded, path).toBeGreaterThan(0)
    }
  }
  process.stderr.write(`[counts] KiB of a cold page: ${JSON.stringify(weights)}\n`)
})

it('shows the playground page before the playground itself is loaded', () => {
  expect(readFileSync(join(builtSite, 'playground.html'), 'utf8')).not.toContain('play-ground.')
})
