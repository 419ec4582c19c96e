import { describe, expect, it } from 'vitest'
import * as reference from './index.ts'

interface Found {
  readonly path: string
  readonly value: unknown
}

/** Returns everything in the reference, with its path. */
function walk(value: unknown, path: string): readonly Found[] {
  const inside = typeof value === 'object' && value !== null ? Object.entries(value) : []
  return [{ path, value }, ...inside.flatMap(([name, one]) => walk(one, `${path}.${name}`))]
}

const everything = walk({ ...reference }, 'reference')
const texts = everything.filter((found): found is Found & { value: string } => typeof found.value === 'string')
const provenances = everything.filter(
  (found): found is Found & { value: string[] } => found.path.endsWith('.from') && Array.isArray(found.value),
)

describe('provenance', () => {
  it('names at least one existing source, and none twice', () => {
    const ids = Object.keys(reference.sources)
    const wrong = provenances.filter(
      ({ value }) =>
        value.length === 0 || value.some((id) => !ids.includes(id)) || new Set(value).size !== value.length,
    )
    expect(provenances.length).toBeGreaterThan(150)
    expect(wrong).toEqual([])
  })

  it('never combines unknown or inferred with a source', () => {
    const mixed = provenances.filter(
      ({ value }) => value.length > 1 && (value.includes('unknown') || value.includes('inferred')),
    )
    expect(mixed).toEqual([])
  })

  it('says in words that a fact is not known, where it is unknown', () => {
    const facts = everything
      .filter(({ path }) => path.endsWith('.from'))
      .flatMap(({ path, value }) => {
        const fact = everything.find((one) => one.path === path.replace(/\.from$/, ''))?.value as {
          text?: string
        }
        return (value as string[])[0] === 'unknown' && fact.text !== undefined ? [fact.text] : []
      })
    expect(facts.length).toBeGreaterThan(20)
    expect(facts.filter((text) => !/not known|No .* is known|No such call is known/.test(text))).toEqual([])
  })

  it('uses every source', () => {
    const used = new Set(provenances.flatMap(({ value }) => value))
    expect([...used].sort()).toEqual(Object.keys(reference.sources).sort())
  })

  it('says when each source was last read', () => {
    for (const { checkedOn } of Object.values(reference.sources)) {
      expect(new Date(checkedOn).toISOString().slice(0, 10)).toBe(checkedOn)
    }
  })

  it('is given for every fact', () => {
    const facts = everything.filter(
      ({ path, value }) =>
        typeof value === 'object' && value !== null && 'text' in value && !path.endsWith('fieldFormats'),
    )
    expect(facts.length).toBeGreaterThan(150)
    expect(facts.filter(({ value }) => !('from' in (value as object)))).toEqual([])
  })
})

describe('the texts', () => {
  it('are not empty, and do not start or end with a space', () => {
    expect(texts.filter(({ value }) => value === '' || value !== value.trim())).toEqual([])
  })

  it('are plain text on one line, with pairs of backticks as the only markup', () => {
    const marked = texts.filter(
      ({ value }) => /[\n\r\t]|\*\*|__|<\/|\]\(/.test(value) || value.split('`').length % 2 === 0,
    )
    expect(marked).toEqual([])
  })

  it('are sentences where they state facts or give advice', () => {
    const open = texts.filter(
      ({ path, value }) =>
        /\.(text|meaning|summary|when|handling|alternative|reason|trust|effect|advice(\.\d+)?)$/.test(path) &&
        !/\.(description|conditions\.\w+)\.text$/.test(path) &&
        !/^reference\.transitions/.test(path) &&
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

describe('ids', () => {
  it('of the questions that a grant lists are unique', () => {
    for (const { questions } of Object.values(reference.grantReferences)) {
      expect(new Set(questions).size).toBe(questions.length)
    }
  })

  it("of Particle's pages are all used", () => {
    const used = everything.filter(({ path }) => path.endsWith('.pages')).flatMap(({ value }) => value)
    expect(Object.keys(reference.pages).filter((page) => !used.includes(page))).toEqual([])
  })

  it('of questions, unknowns, calls and kinds of token work as anchors', () => {
    const { questions, unknowns, calls, tokenKinds } = reference
    const ids = [questions, unknowns, calls, tokenKinds].flatMap((one) => Object.keys(one))
    expect(ids.filter((id) => !/^[a-z][a-z0-9_]*$/.test(id))).toEqual([])
  })
})

describe('calls', () => {
  it('say where their fields are sent, and have a JSON response', () => {
    for (const [id, call] of Object.entries<reference.Call>(reference.calls)) {
      expect(call.fieldsIn !== undefined, id).toBe(Object.keys(call.fields).length > 0)
      expect(() => JSON.parse(call.response), id).not.toThrow()
    }
  })
})

describe('limits', () => {
  it('are 100 token requests and 10,000 calls in five minutes, and ten failures lead to 30 minutes', () => {
    expect(reference.limits).toMatchObject({
      token_requests: { requests: 100, seconds: 300 },
      all_requests: { requests: 10_000, seconds: 300 },
    })
    expect(reference.lockout).toMatchObject({ failures: 10, seconds: 1800 })
  })
})
