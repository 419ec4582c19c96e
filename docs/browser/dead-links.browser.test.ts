import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join, relative } from 'node:path'
import { describe, expect, it } from 'vitest'
import { builtSite, docs } from './paths.ts'

const base = new URL(process.env.DOCS_BASE ?? '/', 'http://site')

const files = readdirSync(builtSite, { recursive: true, encoding: 'utf8' })
const pages = files.filter((file) => file.endsWith('.html')).map((file) => join(builtSite, file))
const twins = files.filter((file) => /\.(md|txt)$/.test(file)).map((file) => join(builtSite, file))

const unescaped = (text: string) =>
  text
    .replaceAll('&amp;', '&')
    .replaceAll('&#39;', "'")
    .replaceAll('&quot;', '"')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')

/** Where links of a built page lead, seen from that page; those that leave the site are left out. */
function linksOf(page: string): readonly URL[] {
  const html = readFileSync(page, 'utf8')
  const here = new URL(relative(builtSite, page).replace(/(^|\/)index\.html$/, '$1'), base)
  return [...html.matchAll(/<a\b[^>]*? href="([^"]*)"/g)]
    .map(([, href = '']) => new URL(unescaped(href), here))
    .filter(({ host }) => host === base.host)
}

/** The file that an address of the site gives, as hosts look for it. */
function fileAt({ pathname }: URL): string | undefined {
  const path = join(builtSite, decodeURIComponent(pathname.slice(base.pathname.length - 1)))
  return [path, `${path}.html`, join(path, 'index.html')].find(
    (file) => existsSync(file) && /\.\w+$/.test(file),
  )
}

/** The anchors of a twin's headings; of those that are named alike, the second ends in 1. */
function headingsOf(markdown: string): readonly string[] {
  const counts = new Map<string, number>()
  return [...markdown.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) => {
    const anchor = anchorOfHeading(heading)
    const count = counts.get(anchor) ?? 0
    counts.set(anchor, count + 1)
    return count === 0 ? anchor : `${anchor}-${count}`
  })
}

const anchors = new Map<string, ReadonlySet<string>>()
function anchorsOf(file: string): ReadonlySet<string> {
  const known = anchors.get(file)
  if (known !== undefined) return known
  const text = readFileSync(file, 'utf8')
  const headings = file.endsWith('.md') ? headingsOf(text) : []
  const found = new Set([
    ...[...text.matchAll(/\bid="([^"]*)"/g)].map(([, id = '']) => unescaped(id)),
    ...headings,
  ])
  anchors.set(file, found)
  return found
}

function isDead(link: URL): boolean {
  const file = fileAt(link)
  if (file === undefined) return true
  return (
    link.hash !== '' &&
    /\.(html|md)$/.test(file) &&
    !anchorsOf(file).has(decodeURIComponent(link.hash.slice(1)))
  )
}

const withoutCode = (markdown: string) =>
  markdown.replaceAll(/^```[\s\S]*?^```$/gm, '').replaceAll(/`[^`\n]*`/g, '')

/** Where the links of a twin lead. */
function linksOfTwin(twin: string, here: URL): readonly URL[] {
  const text = withoutCode(readFileSync(twin, 'utf8'))
  return [...text.matchAll(/\]\((?!https?:)([^)\s]+)[^)]*\)/g)].map(([, href = '']) => new URL(href, here))
}

/** A heading's anchor as code hosts and this site make it. */
function anchorOfHeading(heading: string): string {
  const text = heading
    .replaceAll(/<[^>]*>|[`*]|\[(.*?)\]\(.*?\)/g, '$1')
    .trim()
    .toLowerCase()
  return text.replaceAll(/[^\p{L}\p{N}_ -]/gu, '').replaceAll(' ', '-')
}

describe('the built site', () => {
  it('has no dead link inside, down to the anchor', () => {
    const dead = pages.flatMap((page) =>
      linksOf(page)
        .filter(isDead)
        .map((link) => `${relative(builtSite, page)}: ${link.pathname}${link.hash}`),
    )
    expect([...new Set(dead)]).toEqual([])
  })

  it('has a twin of each page, but of the one for what is not there', () => {
    const without = pages.filter((page) => !existsSync(page.replace(/\.html$/, '.md')))
    expect(without.map((page) => relative(builtSite, page))).toEqual(['404.html'])
  })

  it('has twins whose links lead to twins, down to the anchor', () => {
    const dead = twins.flatMap((twin) => {
      const own = `/${relative(builtSite, twin)}`.replaceAll('\\', '/')
      return linksOfTwin(twin, new URL(`.${own}`, base))
        .filter((link) => link.host === base.host && isDead(link))
        .map((link) => `${own}: ${link.pathname}${link.hash}`)
    })
    expect([...new Set(dead)]).toEqual([])
  })

  it('has twins that are Markdown alone', () => {
    const twins_ = twins.map(
      (twin) => [relative(builtSite, twin), withoutCode(readFileSync(twin, 'utf8'))] as const,
    )
    for (const [name, text] of twins_)
      expect(text.match(/^---\n\w+:|<\/?(?:[A-Z]\w*|noscript)\b[^>]*>|^:::|<!--/m)?.[0], name).toBeUndefined()
  })

  it('lists every twin in llms.txt, and every page leads to its own', () => {
    const listed = [...readFileSync(join(builtSite, 'llms.txt'), 'utf8').matchAll(/\]\(([^)]+)\)/g)]
    const files_ = listed.map(([, path = '']) => fileAt(new URL(path, base)))
    expect(files_.toSorted()).toEqual(twins.filter((twin) => twin.endsWith('.md')).toSorted())
    for (const page of pages.filter((one) => !one.endsWith('404.html'))) {
      const [, href = ''] =
        /<link rel="alternate" type="text\/markdown" href="([^"]+)"/.exec(readFileSync(page, 'utf8')) ?? []
      expect(fileAt(new URL(href, base))).toBe(page.replace(/\.html$/, '.md'))
    }
  })

  it('has pages that each describe themselves', () => {
    const described = pages
      .filter((page) => !page.endsWith('404.html'))
      .map((page) => {
        const html = readFileSync(page, 'utf8')
        const [, meta = ''] = /<meta name="description" content="([^"]*)"/.exec(html) ?? []
        const [, shared = ''] = /<meta property="og:description" content="([^"]*)"/.exec(html) ?? []
        expect(unescaped(shared), page).toBe(unescaped(meta))
        expect(meta, page).not.toBe('')
        return meta
      })
    expect(described.filter((one, at) => described.indexOf(one) !== at)).toEqual([])
  })

  it('has links into the repository that lead to files and folders of it', () => {
    const into =
      /"(https:\/\/github\.com\/particle-grants\/particle-grants\/(edit|blob|tree)\/main\/([^"#]+))/g
    const dead = pages.flatMap((page) =>
      [...readFileSync(page, 'utf8').matchAll(into)].flatMap(([, link = '', way = '', path = '']) => {
        const found = statSync(join(docs, '..', decodeURIComponent(path)), { throwIfNoEntry: false })
        return found !== undefined && found.isDirectory() === (way === 'tree') ? [] : [link]
      }),
    )
    expect([...new Set(dead)]).toEqual([])
  })
})
