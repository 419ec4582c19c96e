import { describe, expect, it } from 'vitest'
import { formatJson } from './format-json.ts'
import { Narrator } from './narrator.ts'
import { createPaint } from './paint.ts'
import { wrap } from './wrap.ts'

const plain = { first: '', rest: '' }

describe('wrap', () => {
  it('breaks at blanks, and indents what follows', () => {
    expect(wrap('one two three', { first: '- ', rest: '  ' }, 9)).toEqual(['- one two', '  three'])
  })

  it('cuts a word that is wider than the terminal', () => {
    expect(wrap('0123456789 x', plain, 8)).toEqual(['01234567', '89 x'])
  })

  it('keeps an empty text as an empty line', () => {
    expect(wrap('', plain, 8)).toEqual([''])
  })
})

describe('formatJson', () => {
  it('takes one line where that fits, and a line for each member where not', () => {
    const value = { ok: true, list: [1, { a: null }] }
    expect(formatJson(value, 80)).toBe('{ "ok": true, "list": [1, { "a": null }] }')
    expect(formatJson(value, 30)).toBe('{\n  "ok": true,\n  "list": [1, { "a": null }]\n}')
  })
})

describe('the narrator', () => {
  it('keeps what a command printed in its columns', () => {
    let text = ''
    const write = (more: string) => {
      text += more
    }
    const output = 'Valid until  tomorrow\nRenewed      not possible: sign in again'
    new Narrator({ write, columns: 32, paint: createPaint(false) }).output(output)
    expect(text).toBe(
      '\n   Valid until  tomorrow\n   Renewed      not possible:\n                sign in again\n',
    )
  })

  it('paints whole lines, after they were wrapped', () => {
    let text = ''
    const write = (more: string) => {
      text += more
    }
    new Narrator({ write, columns: 30, paint: createPaint(true) }).kept('a claim of more than thirty columns')
    expect(text).toBe('\n\x1b[32m   ✓ a claim of more than\x1b[39m\n\x1b[32m     thirty columns\x1b[39m\n')
  })
})
