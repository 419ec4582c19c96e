import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join, relative } from 'node:path'
import { describe, expect, it } from 'vitest'
import { builtSite, docs } from './paths.ts'

const base = new URL(process.env.DOCS_BASE ?? '/', 'http://site')

const files = readdirSync(builtSite, { recursive: true, encoding: 'utf8' })
const pages = files.filter((file) => file.endsWith('.html')).map((file) => join(builtSite, file))

const unescaped = (text: string) =>
  text
    .replaceAll('&amp;', '&')
    .replaceAll('&#39;', "'")
    .replaceAll('&quot;', '"')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')

/** Returns the links of a built page that stay on the site. */
function linksOf(page: string): readonly URL[] {
  const html = readFileSync(page, 'utf8')
  const here = new URL(relative(builtSite, page).replace(/(^|\/)index\.html$/, '$1'), base)
  return [...html.matchAll(/<a\b[^>]*? href="([^"]*)"/g)]
    .map(([, href = '']) => new URL(unescaped(href), here))
    .filter(({ host }) => host === base.host)
}

/** Returns the file for an address of the site, as hosts look for it. */
function fileAt({ pathname }: URL): string | undefined {
  const path = join(builtSite, decodeURIComponent(pathname.slice(base.pathname.length - 1)))
  return [path, `${path}.html`, join(path, 'index.html')].find((file) => existsSync(file) && /\.\w+$/.test(file))
}

const anchors = new Map<string, ReadonlySet<string>>()
function anchorsOf(file: string): ReadonlySet<string> {
  const known = anchors.get(file)
  if (known !== undefined) return known
  const text = readFileSync(file, 'utf8')
  const found = new Set([...text.matchAll(/\bid="([^"]*)"/g)].map(([, id = '']) => unescaped(id)))
  anchors.set(file, found)
  return found
}

function isDead(link: URL): boolean {
  const file = fileAt(link)
  if (file === undefined) return true
  return link.hash !== '' && file.endsWith('.html') && !anchorsOf(file).has(decodeURIComponent(link.hash.slice(1)))
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

  it('has each page as Markdown, which llms.txt lists and the page links to', () => {
    const published = 'https://particle-grants.github.io/particle-grants/'
    const listed = readFileSync(join(builtSite, 'llms.txt'), 'utf8')
    for (const page of pages.filter((one) => !one.endsWith('404.html'))) {
      const html = readFileSync(page, 'utf8')
      const [, href = ''] = /<link rel="alternate" type="text\/markdown" href="([^"]+)"/.exec(html) ?? []
      expect(fileAt(new URL(href, base)), href).toMatch(/\.md$/)
      if (href !== `${base.pathname}index.md`) expect(listed).toContain(published + href.slice(base.pathname.length))
    }
  })

  it('has a canonical address for each page, and lists it in the sitemap', () => {
    const sitemap = readFileSync(join(builtSite, 'sitemap.xml'), 'utf8')
    for (const page of pages.filter((one) => !one.endsWith('404.html'))) {
      const [, href = ''] = /<link rel="canonical" href="([^"]+)"/.exec(readFileSync(page, 'utf8')) ?? []
      expect(sitemap, page).toContain(`<loc>${href}</loc>`)
    }
    expect(readFileSync(join(builtSite, 'robots.txt'), 'utf8')).toContain('sitemap.xml')
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
    const into = /"(https:\/\/github\.com\/particle-grants\/particle-grants\/(edit|blob|tree)\/main\/([^"#]+))/g
    const dead = pages.flatMap((page) =>
      [...readFileSync(page, 'utf8').matchAll(into)].flatMap(([, link = '', way = '', path = '']) => {
        const found = statSync(join(docs, '..', decodeURIComponent(path)), { throwIfNoEntry: false })
        return found !== undefined && found.isDirectory() === (way === 'tree') ? [] : [link]
      }),
    )
    expect([...new Set(dead)]).toEqual([])
  })
})
