import { describe, expect, it } from 'vitest'
import { fold, rows } from './rows.ts'

describe('rows', () => {
  it('stand in two columns, and leave out what has no value', () => {
    expect(
      rows(
        [
          ['Account', 'dev@example.com'],
          ['Kept', undefined],
          ['Is', 'here'],
        ],
        80,
      ),
    ).toBe('Account  dev@example.com\nIs       here')
  })

  it('are folded beside their names, and below them where it is narrow', () => {
    const long = [['Renewed', 'not possible, so that one signs in again by then']] as const
    expect(rows(long, 45)).toBe('Renewed  not possible, so that one signs in\n         again by then')
    expect(rows(long, 30)).toBe('Renewed\n  not possible, so that one\n  signs in again by then')
  })

  it('keep a long word whole, so that it can be copied', () => {
    expect(fold('see https://particle-grants.github.io/particle-grants for more', 20)).toEqual([
      'see',
      'https://particle-grants.github.io/particle-grants',
      'for more',
    ])
  })
})
