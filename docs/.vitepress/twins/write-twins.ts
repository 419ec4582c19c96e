import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { SiteConfig } from 'vitepress'
import structure from '../sidebar.json' with { type: 'json' }
import { listOf, wholeOf } from './llms.ts'
import { twinOf } from './twin.ts'

/** VitePress' `buildEnd`: writes a `.md` twin beside each page, and `llms.txt` and `llms-full.txt`, which list and hold them. */
export function writeTwins({ pages, rewrites, srcDir, outDir, site }: SiteConfig): void {
  const twins = pages.map((page) => ({
    path: rewrites.map[page] ?? page,
    text: twinOf(readFileSync(join(srcDir, page), 'utf8'), { page, base: site.base }),
  }))
  const parts = { ...site, sidebar: structure.sidebar }
  const files = [
    ...twins,
    { path: 'llms.txt', text: listOf(twins, parts) },
    { path: 'llms-full.txt', text: wholeOf(twins, parts) },
  ]
  for (const { path, text } of files) {
    mkdirSync(dirname(join(outDir, path)), { recursive: true })
    writeFileSync(join(outDir, path), text)
  }
}
