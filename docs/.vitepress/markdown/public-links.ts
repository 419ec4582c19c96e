import { posix } from 'node:path'
import type { MarkdownRenderer } from 'vitepress'

const repository = 'https://github.com/particle-grants/particle-grants/blob/main'

/**
 * Turns links for a code host into links of the site: `docs/public` is the root of the site, a folder's README.md is its
 * index, and files outside `docs` are only in the repository.
 */
export function publicLinks(md: MarkdownRenderer): void {
  md.core.ruler.push('public-links', ({ tokens, env }) => {
    for (const token of tokens.flatMap(({ children }) => children ?? [])) {
      const href = token.attrGet('href')
      if (token.type === 'link_open' && href !== null) {
        token.attrSet('href', onTheSite(href, env?.relativePath ?? ''))
      }
    }
  })
}

/** Returns a link of a page as it is on the site. `page` is the page's path from `docs`. */
export function onTheSite(href: string, page: string): string {
  if (/^(?:\w+:|\/|#)/.test(href)) return href
  const path = posix.join('docs', posix.dirname(page), href)
  if (path.startsWith('docs/public/')) return path.slice('docs/public'.length)
  if (!path.startsWith('docs/')) return `${repository}/${path}`
  return href.replace(/(^|\/)README\.md(?=#|$)/, '$1index.md')
}
