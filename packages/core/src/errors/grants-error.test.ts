import { inspect } from 'node:util'
import { describe, expect, it, vi } from 'vitest'
import { everyError } from '../../test/errors.ts'
import { GrantsError } from './grants-error.ts'
import { referenceLink } from './link.ts'

const refused = new GrantsError('code_refused', { triesLeft: 2, endsAt: Date.UTC(2026, 0, 1) })

describe('a GrantsError', () => {
  it('is an error that carries its code, its details, what to do, and where to read on', () => {
    expect(refused).toBeInstanceOf(Error)
    expect(refused.name).toBe('GrantsError')
    expect({ ...refused }).toEqual({
      code: 'code_refused',
      details: { triesLeft: 2, endsAt: Date.UTC(2026, 0, 1) },
      remedy: expect.stringContaining('2 tries are left'),
      link: referenceLink('code_refused'),
    })
  })

  it('has its name as the platform’s errors have theirs, and not as a field', () => {
    expect(Object.keys(refused)).not.toContain('name')
    expect(Object.hasOwn(refused, 'name')).toBe(false)
    expect(String(refused)).toBe(`GrantsError: ${refused.message}`)
    expect(JSON.parse(JSON.stringify(refused))).not.toHaveProperty('name')
  })

  it('shows its name, its message and its stack', () => {
    expect(inspect(refused)).toContain(`GrantsError: ${refused.message}`)
    expect(refused.stack).toContain('grants-error.test.ts')
  })

  it('has a cause where one was given, and none where none was', () => {
    const cause = new Error('connect ECONNREFUSED')

    expect(new GrantsError('store_failed', { operation: 'save' }, { cause }).cause).toBe(cause)
    expect('cause' in refused).toBe(false)
  })

  it.each(everyError.map((error) => [error.code, error.link] as const))('links %s to %s', (code, link) => {
    expect(link).toBe(`https://particle-grants.github.io/particle-grants/errors#${code}`)
  })

  it.each([
    ['nothing', undefined],
    ['null', null],
    ['a string', 'GrantsError'],
    ['another error', new Error('code_refused')],
    ['what only looks like one', { name: 'GrantsError', code: 'code_refused', details: {} }],
    ['a function', () => {}],
  ])('is told from %s', (_, value) => {
    expect(GrantsError.isInstance(value)).toBe(false)
  })

  it('is known to another copy of this package, where instanceof is not enough', async () => {
    vi.resetModules()
    const copy = await import('./grants-error.ts')
    const theirs = new copy.GrantsError('no_challenge', {})

    expect(theirs instanceof GrantsError).toBe(false)
    expect(GrantsError.isInstance(theirs)).toBe(true)
    expect(copy.GrantsError.isInstance(refused)).toBe(true)
    expect(GrantsError.isInstance(refused)).toBe(true)
  })
})
