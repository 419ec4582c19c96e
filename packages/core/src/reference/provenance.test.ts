import { describe, expect, it } from 'vitest'
import * as reference from './index.ts'

interface Found {
  readonly path: string
  readonly value: unknown
}

/** Everything in the reference, however deep, with the way that leads there. */
function walk(value: unknown, path: string): readonly Found[] {
  const inside = typeof value === 'object' && value !== null ? Object.entries(value) : []
  return [{ path, value }, ...inside.flatMap(([name, one]) => walk(one, `${path}.${name}`))]
}

const everything = walk({ ...reference }, 'reference')
const forms = new Set<unknown>([reference.forms]) // keyed by form, one of which is called text
const provenances = everything.filter(({ path }) => path.endsWith('.from'))
const texts = everything.filter(
  (found): found is Found & { value: string } => typeof found.value === 'string',
)

describe('provenance', () => {
  it('is told for every fact, by sources that exist', () => {
    const ids = Object.keys(reference.sources)
    const wrong = provenances.filter(
      ({ value }) => !Array.isArray(value) || value.length === 0 || value.some((id) => !ids.includes(id)),
    )
    expect(provenances.length).toBeGreaterThan(150)
    expect(wrong).toEqual([])
  })

  it('names no source twice', () => {
    const twice = provenances.filter(
      ({ value }) => new Set(value as string[]).size !== (value as string[]).length,
    )
    expect(twice).toEqual([])
  })

  it('never presents an unknown as known', () => {
    const mixed = provenances.filter(
      ({ value }) => (value as string[]).includes('unknown') && (value as string[]).length > 1,
    )
    expect(mixed).toEqual([])
  })

  it('uses every source', () => {
    const used = new Set(provenances.flatMap(({ value }) => value as string[]))
    expect([...used].sort()).toEqual(Object.keys(reference.sources).sort())
  })

  it('says of every source when it was last looked at, with a real date', () => {
    for (const { lookedAt } of Object.values(reference.sources)) {
      expect(new Date(lookedAt).toISOString().slice(0, 10)).toBe(lookedAt)
    }
  })

  it('is told for every text that states a fact', () => {
    const facts = everything.filter(
      ({ value }) => typeof value === 'object' && value !== null && 'text' in value && !forms.has(value),
    )
    expect(facts.filter(({ value }) => !('from' in (value as object)))).toEqual([])
  })
})

describe('the texts of the reference', () => {
  it('are never empty, and never begin or end with a blank', () => {
    expect(texts.filter(({ value }) => value === '' || value !== value.trim())).toEqual([])
  })

  it('are plain: one line, and no markup but paired backticks', () => {
    const marked = texts.filter(
      ({ value }) => /[\n\r\t]|\*\*|__|<\/|\]\(/.test(value) || value.split('`').length % 2 === 0,
    )
    expect(marked).toEqual([])
  })

  it('are sentences where they state facts', () => {
    const open = texts.filter(
      ({ path, value }) =>
        /\.(text|meaning|summary|when|why|here|instead|trust|afterwards)$/.test(path) &&
        !/\.description\.text$/.test(path) &&
        !/[.?:]`?$/.test(value),
    )
    expect(open).toEqual([])
  })

  it('link to https addresses only', () => {
    const links = texts.filter(({ path }) => path.endsWith('.url'))
    expect(links.length).toBeGreaterThan(5)
    expect(links.filter(({ value }) => new URL(value).protocol !== 'https:')).toEqual([])
  })
})

describe('pages, questions and anchors', () => {
  it('names every one of the questions in a grant, and answers each once', () => {
    const asked = Object.values(reference.grantReferences).flatMap(({ questions }) => questions)
    expect([...new Set(asked)].sort()).toEqual(Object.keys(reference.questions).sort())
    for (const { questions } of Object.values(reference.grantReferences)) {
      expect(new Set(questions).size).toBe(questions.length)
    }
  })

  it("links every one of Particle's pages from somewhere", () => {
    const linked = everything.filter(({ path }) => path.endsWith('.pages')).flatMap(({ value }) => value)
    expect(Object.keys(reference.pages).filter((page) => !linked.includes(page))).toEqual([])
  })

  it('gives questions and unknowns names that can stand in a URL', () => {
    const ids = [...Object.keys(reference.questions), ...Object.keys(reference.unknowns)]
    expect(ids.filter((id) => !/^[a-z][a-z0-9_]*$/.test(id))).toEqual([])
  })
})
