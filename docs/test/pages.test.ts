import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { GrantsError, grants, grantTypes, transitions } from '@particle-grants/core'
import * as reference from '@particle-grants/core/reference'
import { describe, expect, it } from 'vitest'
import { generate } from '../generator/generate.ts'
import { grantPages } from '../generator/grant-pages.ts'
import { siteLink } from '../generator/sidebar.ts'
import { docs } from './cloud.ts'

const files = await generate()
const pages = files.filter(({ path }) => path.endsWith('.md'))
const textOf = (path: string) => pages.find((page) => page.path === path)?.text ?? ''
const anchorsOf = (path: string) => [...textOf(path).matchAll(/<span id="([^"]+)">/g)].map(([, id]) => id)

/** Every fact of the reference, wherever it stands in it. */
function factsIn(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null) return []
  const own = 'text' in value && 'from' in value && typeof value.text === 'string' ? [value.text] : []
  return [...own, ...Object.values(value).flatMap(factsIn)]
}

describe('the generated pages', () => {
  it('are in the repository as the catalogue makes them', () => {
    const stale = files.filter(({ path, text }) => {
      const file = join(docs, path)
      return !existsSync(file) || readFileSync(file, 'utf8') !== text
    })
    expect(
      stale.map(({ path }) => path),
      'run npm run generate',
    ).toEqual([])
  })

  it('say at their top that they are generated, and by which command', () => {
    for (const { path, text } of pages) {
      expect(text.slice(0, 200), path).toMatch(/^<!-- Generated from [\s\S]*npm run generate -->/)
    }
  })

  it('are made the same each time', async () => {
    expect(await generate()).toEqual(files)
  })

  it('have every fact of the reference', () => {
    const all = pages.map(({ text }) => text).join('\n')
    const plain = all.replaceAll('&lt;', '<').replaceAll('\\|', '|')
    expect(factsIn(reference).filter((text) => !plain.includes(text))).toEqual([])
  })

  it('have every field of every grant, required or not', () => {
    for (const type of grantTypes) {
      for (const [name, { required }] of Object.entries(grants[type].fields)) {
        const cell = `| \`${name}\`<br>${required ? '**required**' : 'optional'}, *`
        expect(textOf(grantPages[type])).toContain(cell)
      }
    }
  })

  it('name each anchor once', () => {
    for (const { path } of pages) expect(new Set(anchorsOf(path)).size, path).toBe(anchorsOf(path).length)
  })

  it('answer each question, on a page of their own too', () => {
    expect(anchorsOf('reference/questions.md')).toEqual(Object.keys(reference.questions))
  })

  it('have a row for each transition', () => {
    const rows =
      textOf('reference/state-machine.md').match(/^(?:\| [^|]+ ){2}\| \[`[^|]+ \| [^|]+ \|$/gm) ?? []
    expect(rows).toHaveLength(transitions.length)
  })
})

describe('the page of errors', () => {
  const anchors = anchorsOf('errors.md')

  it('has the anchor of every code, of every cause, and of what is not known', () => {
    const causes = reference.tokenEndpointErrorCodes.flatMap((code) =>
      reference.errorReferences[code].causes.map((cause) => ({ code, cause })),
    )
    const wanted = [
      ...reference.errorCodes.map((code) => reference.anchorOf(code)),
      ...causes.map(({ code, cause }) => reference.anchorOf(code, cause.description?.text)),
      ...causes.map(({ cause }) => cause.anchor),
      reference.anchorOf('teapot'),
    ]
    expect(wanted.filter((anchor) => !anchors.includes(anchor))).toEqual([])
  })

  it('is where the errors of the library lead', () => {
    const { link } = new GrantsError('not_signed_in', {})
    const { pathname, hash } = new URL(link)
    expect(pathname.endsWith(siteLink('errors.md'))).toBe(true)
    expect(anchors).toContain(hash.slice(1))
  })
})

describe('the start page', () => {
  const start = readFileSync(join(docs, 'index.md'), 'utf8')

  it.each([
    ['which grant types are accepted', './grants/README.md'],
    ['which form fields each needs', './grants/mfa-otp.md#fields'],
    ['what to do with mfa_token', './grants/mfa-otp.md'],
    ['client credentials of products', './grants/client-credentials.md'],
    ['refresh tokens', './grants/refresh-token.md#refresh_token_useless'],
  ])('leads to the answer of the report: %s', (_, link) => {
    const [path = '', anchor] = link.slice(2).split('#')
    expect(start).toContain(`(${link})`)
    expect(textOf(path)).not.toBe('')
    if (anchor !== undefined) expect(anchorsOf(path)).toContain(anchor)
  })
})
