import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import { toTable } from '../charts.ts'
import { onTheSite } from './public-links.ts'

/** Finishes the Markdown versions of the pages, each of which begins with its address. */
export function finishMarkdown(site: string, published: string): void {
  for (const file of readdirSync(site, { recursive: true, encoding: 'utf8' })) {
    if (!/\.md$|^llms-full\.txt$/.test(file)) continue
    const pages = readFileSync(join(site, file), 'utf8').split(/^(?=---\nurl: )/m)
    const finished = pages.map((text) => {
      const path = /^url: (\S+)/m.exec(text)?.[1]?.slice(published.length + 1) ?? file
      const folder = path.replace(/\.md$/, '')
      return finishPage(text, existsSync(join(site, folder)) ? `${folder}/index.md` : path, published)
    })
    writeFileSync(join(site, file), finished.join(''))
  }
}

/** Returns a page with footnotes that are not escaped, charts as tables, and the addresses of the pages it links to. */
export function finishPage(text: string, page: string, published: string): string {
  return text
    .replaceAll('\\[^', '[^')
    .replaceAll(/```chart\n(.*)\n```/g, (_, fence: string) => toTable(fence))
    .replaceAll(/\]\((?!\w+:)([^)\s]+\.(?:md|json)(?:#[^)\s]*)?)\)/g, (_, href: string) => {
      const target = onTheSite(href, page)
      const path = posix.resolve('/', posix.dirname(page), target)
      // A folder's index is the file beside the folder.
      return `](${/^\w+:/.test(target) ? target : published + path.replace(/(?<=.)\/index\.md(?=#|$)/, '.md')})`
    })
}
