import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { describe, expect, it } from 'vitest'
import { builtSite } from './paths.ts'

const base = new URL(process.env.DOCS_BASE ?? '/', 'http://site')

const files = readdirSync(builtSite, { recursive: true, encoding: 'utf8' })
const pages = files.filter((file) => file.endsWith('.html')).map((file) => join(builtSite, file))
const twins = files.filter((file) => /\.(md|txt)$/.test(file)).map((file) => join(builtSite, file))

const unescaped = (text: string) => text.replaceAll('&amp;', '&').replaceAll('&#39;', "'")

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

const anchors = new Map<string, ReadonlySet<string>>()
function anchorsOf(file: string): ReadonlySet<string> {
  const known = anchors.get(file)
  if (known !== undefined) return known
  const found = new Set(
    [...readFileSync(file, 'utf8').matchAll(/\bid="([^"]*)"/g)].map(([, id = '']) => unescaped(id)),
  )
  anchors.set(file, found)
  return found
}

function isDead(link: URL): boolean {
  const file = fileAt(link)
  if (file === undefined) return true
  return (
    link.hash !== '' && file.endsWith('.html') && !anchorsOf(file).has(decodeURIComponent(link.hash.slice(1)))
  )
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

  it('has twins whose links lead to twins', () => {
    const dead = twins.flatMap((twin) => {
      const here = new URL(relative(builtSite, twin), base)
      return [...readFileSync(twin, 'utf8').matchAll(/\]\((?!https?:)([^)\s#]+)[^)]*\)/g)]
        .map(([, href = '']) => new URL(href, twin.endsWith('.txt') ? base : here))
        .filter((link) => link.host === base.host && fileAt(link) === undefined)
        .map((link) => `${relative(builtSite, twin)}: ${link.pathname}`)
    })
    expect([...new Set(dead)]).toEqual([])
  })
})
