import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { SiteConfig } from 'vitepress'
import structure from '../sidebar.json' with { type: 'json' }
import { fromTheRoot, summaryOf, titleOf, twinOf } from './twin.ts'

interface Twin {
  /** Where it lies on the site. */
  readonly path: string
  readonly text: string
}

/** VitePress' `buildEnd`: writes a `.md` twin beside each page, and `llms.txt` and `llms-full.txt`, which list and hold them. */
export function writeTwins({ pages, rewrites, srcDir, outDir, site }: SiteConfig): void {
  const twins = pages.map((page) => ({
    path: rewrites.map[page] ?? page,
    text: twinOf(readFileSync(join(srcDir, page), 'utf8'), { page, base: site.base }),
  }))
  const files = [
    ...twins,
    { path: 'llms.txt', text: list(twins, site) },
    { path: 'llms-full.txt', text: whole(twins, site.base) },
  ]
  for (const { path, text } of files) {
    mkdirSync(dirname(join(outDir, path)), { recursive: true })
    writeFileSync(join(outDir, path), text)
  }
}

function list(twins: readonly Twin[], { title, description, base }: SiteConfig['site']): string {
  const sections = structure.sidebar.map(({ text, items }) =>
    [
      `## ${text}`,
      '',
      ...items.flatMap(({ link }) => twinAt(link, twins).map((twin) => entry(twin, base))),
    ].join('\n'),
  )
  return `${[`# ${title}`, `> ${description}`, ...sections].join('\n\n')}\n`
}

function entry({ path, text }: Twin, base: string): string {
  const summary = summaryOf(text)
  return `- [${titleOf(text)}](${base}${path})${summary === '' ? '' : `: ${summary}`}`
}

/** All but the API of the packages, in the order of the sidebar. */
function whole(twins: readonly Twin[], base: string): string {
  const links = structure.sidebar.flatMap(({ items }) => items.map(({ link }) => link))
  const shown = links.filter((link) => !link.startsWith('/api/')).flatMap((link) => twinAt(link, twins))
  return shown.map(({ path, text }) => fromTheRoot(text, base + path)).join('\n')
}

function twinAt(link: string, twins: readonly Twin[]): readonly Twin[] {
  const path = `${link.slice(1)}${link.endsWith('/') ? 'index' : ''}.md`
  return twins.filter((twin) => twin.path === path)
}
