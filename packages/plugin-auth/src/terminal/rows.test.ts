import { describe, expect, it } from 'vitest'
import { fold, rows } from './rows.ts'
import { widthOf } from './width.ts'

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

  it('are folded where a terminal names no width, as in one of 80 columns, and not where there is none', () => {
    expect(widthOf({ isTTY: true, columns: 0 })).toBe(80)
    expect(widthOf({ isTTY: true, columns: undefined })).toBe(80)
    expect(widthOf({ isTTY: true, columns: 40 })).toBe(40)
    expect(widthOf({ columns: 40 })).toBeUndefined()
    const long = 'word '.repeat(60).trim()
    expect(rows([['Name', long]])).toBe(`Name  ${long}`)
  })

  it('keep the indentation of a line that is folded', () => {
    expect(fold('  aaaa bbbb cccc', 12)).toEqual(['  aaaa bbbb', '  cccc'])
  })
})
