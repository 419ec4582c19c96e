import { describe, expect, it } from 'vitest'
import { formatList, getWidth, wrap } from './text.ts'

describe('wrap', () => {
  it('breaks at spaces and keeps a long word whole, so that it can be copied', () => {
    const url = 'https://particle-grants.github.io/particle-grants'
    expect(wrap(`see ${url} for more`, { width: 20 })).toBe(`see\n${url}\nfor more`)
  })

  it('never breaks a command, which is a line that starts with two spaces', () => {
    const command = '  pgrants auth login --profile work --base-url http://127.0.0.1:8765'
    expect(wrap(`Sign in again, please:\n${command}`, { width: 20 })).toBe(`Sign in again,\nplease:\n${command}`)
  })

  it('indents the lines that follow the first one', () => {
    expect(wrap('one two three four five', { width: 20, first: '- ' })).toBe('- one two three four\n  five')
  })

  it('does not wrap if stdout is not a terminal', () => {
    const long = 'word '.repeat(60).trim()
    expect(wrap(long)).toBe(long)
  })
})

describe('getWidth', () => {
  it('assumes 80 columns for a terminal that does not say', () => {
    expect(getWidth({ isTTY: true, columns: 0 })).toBe(80)
    expect(getWidth({ isTTY: true, columns: undefined })).toBe(80)
    expect(getWidth({ isTTY: true, columns: 40 })).toBe(40)
    expect(getWidth({ columns: 40 })).toBeUndefined()
  })
})

describe('formatList', () => {
  it('leaves out rows without a value', () => {
    expect(
      formatList([
        ['Profile', 'default'],
        ['Shared', undefined],
      ]),
    ).toBe('  - Profile: default')
  })
})
