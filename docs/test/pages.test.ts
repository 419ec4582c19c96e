import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type FieldDefinition, grants, grantTypes } from '@particle-grants/core/protocol'
import * as reference from '@particle-grants/reference'
import { describe, expect, it } from 'vitest'
import { generate } from '../generator/generate.ts'
import { grantPages } from '../generator/grant-pages.ts'
import { siteLink } from '../generator/sidebar.ts'
import { docs } from './cloud.ts'

const files = await generate()
const pages = files.filter(({ path }) => path.endsWith('.md'))
const textOf = (path: string) => pages.find((page) => page.path === path)?.text ?? ''
const anchorsOf = (path: string) => [...textOf(path).matchAll(/<(?:span|details) id="([^"]+)">/g)].map(([, id]) => id)

/** Returns every fact of the reference. */
function factsIn(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null) return []
  const own = 'text' in value && 'from' in value && typeof value.text === 'string' ? [value.text] : []
  return [...own, ...Object.values(value).flatMap(factsIn)]
}

describe('the generated pages', () => {
  it('are in the repository as the reference makes them', () => {
    const stale = files.filter(({ path, text }) => {
      const file = join(docs, path)
      return !existsSync(file) || readFileSync(file, 'utf8') !== text
    })
    expect(
      stale.map(({ path }) => path),
      'run npm run generate',
    ).toEqual([])
  })

  it('start with a notice that they are generated, and by which command', () => {
    for (const { path, text } of pages) {
      expect(text.slice(0, 600), path).toMatch(
        /^(?:---\n[\s\S]*?\n---\n\n)?<!-- Generated from [\s\S]*npm run generate -->/,
      )
    }
  })

  it('are the same each time they are generated', async () => {
    expect(await generate()).toEqual(files)
  })

  it('have every fact of the reference', () => {
    const all = pages.map(({ text }) => text).join('\n')
    const plain = all.replaceAll('&lt;', '<').replaceAll('\\|', '|')
    expect(factsIn(reference).filter((text) => !plain.includes(text))).toEqual([])
  })

  it('have every field of every grant, required or not', () => {
    for (const type of grantTypes) {
      for (const [name, { required }] of Object.entries<FieldDefinition>(grants[type].fields)) {
        const cell = `| \`${name}\`<br>${required ? '**required**' : 'optional'}, *`
        expect(textOf(grantPages[type])).toContain(cell)
      }
    }
  })

  it('name each anchor once', () => {
    for (const { path } of pages) expect(new Set(anchorsOf(path)).size, path).toBe(anchorsOf(path).length)
  })

  it('have every question on one page', () => {
    expect(anchorsOf('reference/questions.md')).toEqual(Object.keys(reference.questions))
  })

  it('have a row for each transition', () => {
    const rows = textOf('reference/state-machine.md').match(/^(?:\| [^|]+ ){2}\| \[`[^|]+ \| [^|]+ \|$/gm) ?? []
    expect(rows).toHaveLength(reference.transitions.length)
  })
})

describe('the page of errors', () => {
  const anchors = anchorsOf('errors.md')

  it('has an anchor for every code, for every cause, and for unknown codes', () => {
    const causes = reference.tokenEndpointErrorCodes.flatMap((code) =>
      reference.tokenEndpointErrorReferences[code].causes.map((cause) => ({ code, cause })),
    )
    const wanted = [
      ...reference.errorCodes.map((code) => reference.findErrorAnchor(code)),
      ...causes.map(({ code, cause }) => reference.findErrorAnchor(code, cause.description?.text)),
      ...causes.map(({ cause }) => cause.anchor),
      reference.findErrorAnchor('teapot'),
    ]
    expect(wanted.filter((anchor) => !anchors.includes(anchor))).toEqual([])
  })

  it('is where explainError links to', () => {
    const { pathname, hash } = new URL(reference.errorUrl('not_signed_in'))
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
    ['refresh tokens', './grants/refresh-token.md#refresh_token_rejected'],
  ])('links to the answer to the report: %s', (_, link) => {
    const [path = '', anchor] = link.slice(2).split('#')
    expect(start).toContain(`(${link})`)
    expect(textOf(path)).not.toBe('')
    if (anchor !== undefined) expect(anchorsOf(path)).toContain(anchor)
  })
})
