import { posix } from 'node:path'
import type { MarkdownRenderer } from 'vitepress'

const repository = 'https://github.com/particle-grants/particle-grants/blob/main'

/**
 * Links that suit a code host, turned into those of the site: `docs/public` is a folder there and the root here, a
 * folder's README.md is its index here, and what lies outside of `docs` is in the repository only.
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

/** Where a link of a page leads on the site; `page` is the page's path from `docs`. */
export function onTheSite(href: string, page: string): string {
  if (/^(?:\w+:|\/|#)/.test(href)) return href
  const path = posix.join('docs', posix.dirname(page), href)
  if (path.startsWith('docs/public/')) return path.slice('docs/public'.length)
  if (!path.startsWith('docs/')) return `${repository}/${path}`
  return href.replace(/(^|\/)README\.md(?=#|$)/, '$1index.md')
}
