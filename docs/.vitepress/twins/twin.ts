import { onTheSite } from '../markdown/public-links.ts'

/** Where a page lies: its path from `docs`, and the folder of its host that the site is in. */
export interface TwinPlace {
  readonly page: string
  readonly base: string
}

/** What stands in a page for the site only. What is inside of components stays: it is there for readers without them. */
const forTheSiteOnly = [/^<!--[\s\S]*?-->\n*/gm, /^<\/?(?:[A-Z]\w*|noscript)(?: [^>]*)?>\n+/gm]
/** Blocks of code, which stay as they are. */
const codeBlocks = /(^```[\s\S]*?^```$)/m
const frontmatter = /^---\n[\s\S]*?\n---\n/

/**
 * A page as plain Markdown, for whoever reads without a browser: words instead of components, sources in brackets, and
 * links that lead to other twins.
 */
export function twinOf(markdown: string, { page, base }: TwinPlace): string {
  return markdown
    .replace(frontmatter, '')
    .split(codeBlocks)
    .map((part, at) => (at % 2 === 1 ? part : plainly(part, { page, base })))
    .join('')
    .replaceAll(/\n{3,}/g, '\n\n')
    .trimStart()
}

function plainly(markdown: string, { page, base }: TwinPlace): string {
  return forTheSiteOnly
    .reduce((text, pattern) => text.replaceAll(pattern, ''), markdown)
    .replaceAll(/\]\(([^)\s]+)/g, (_, href: string) => `](${onTheSite(href, page).replace(/^\//, base)}`)
}

/** The same text with links that lead from anywhere; `path` is where it lies on the site. */
export function fromTheRoot(twin: string, path: string): string {
  return twin.replaceAll(/\]\((?![a-z]+:|\/)([^)\s]+)/g, (_, href: string) => {
    const { pathname, hash } = new URL(href, `http://site${path}`)
    return `](${pathname}${hash}`
  })
}

/** The title of a page: its first heading, without marks. */
export function titleOf(twin: string): string {
  return (/^# (.*)$/m.exec(twin)?.[1] ?? 'Untitled').replaceAll('`', '')
}

/** What a page is about: the first sentence after its title, when it begins with a sentence. */
export function summaryOf(twin: string): string {
  const paragraph = /^# .*\n+((?:[^\n]+\n?)+)/m.exec(twin)?.[1] ?? ''
  if (!/^[\w`*'"]/.test(paragraph)) return ''
  const text = paragraph
    .replaceAll('\n', ' ')
    .replaceAll(/\[([^\]]+)\]\([^)]*\)/g, '$1')
    .replaceAll('**', '')
    .replace(/^\d{4}-\d\d-\d\d\. /, '') // a decision begins with its date
  return (/^.*?(?:\.|:$)(?= |$)/.exec(text.trim())?.[0] ?? text.trim()).replace(/:$/, '.')
}
