import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect, it } from 'vitest'
import { builtPages } from './pages.ts'
import { builtSite } from './paths.ts'
import { useSite, visit } from './visitor.ts'

useSite()

/** Kilobytes of JavaScript that a page may load before anything is clicked, compressed. */
const limits = { playground: 180, others: 120 }

visit('no page loads more JavaScript than its limit', async ({ context, url, problems }) => {
  const weights: { path: string; kB: number }[] = []
  for (const path of builtPages()) {
    // A fresh context has an empty cache.
    const fresh = await context.browser()?.newContext()
    const page = await fresh?.newPage()
    const sizes: Promise<number>[] = []
    page?.on('response', (response) => {
      if (response.request().resourceType() !== 'script') return
      sizes.push(response.body().then((body) => gzipSync(body).length))
    })
    await page?.goto(url + path, { waitUntil: 'networkidle' })
    const bytes = (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0)
    weights.push({ path, kB: Math.round(bytes / 100) / 10 })
    await fresh?.close()
  }
  expect(problems).toEqual([])
  const [heaviest] = weights.filter(({ path }) => path !== '/playground').toSorted((a, b) => b.kB - a.kB)
  const playground = weights.find(({ path }) => path === '/playground')
  process.stderr.write(
    `[counts] kB of JavaScript: playground ${playground?.kB}, ${heaviest?.path} ${heaviest?.kB}\n`,
  )
  const limitOf = (path: string) => (path === '/playground' ? limits.playground : limits.others)
  expect(weights.filter(({ path, kB }) => kB === 0 || kB > limitOf(path))).toEqual([])
})

it('shows the playground page before the playground itself is loaded', () => {
  expect(readFileSync(join(builtSite, 'playground.html'), 'utf8')).not.toContain('play-ground.')
})
