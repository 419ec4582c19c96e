import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createPrinter, type Printer, wrap } from './printer.ts'

function print(columns: number, use: (printer: Printer) => void): string {
  let text = ''
  const write = (more: string) => {
    text += more
  }
  use(createPrinter(write, columns))
  return text
}

describe('wrap', () => {
  it('breaks between pieces, and starts the lines below each other', () => {
    expect(wrap(['one', 'two', 'three'], '- ', 9)).toEqual(['- one two', '  three'])
  })

  it('keeps a piece that is too wide unbroken', () => {
    expect(wrap(['a', '0123456789', 'b'], '', 8)).toEqual(['a', '0123456789', 'b'])
  })
})

describe('a printer', () => {
  it('breaks a command between arguments only, so that it can be pasted', () => {
    const text = print(40, (printer) => printer.command('curl $API/v1/devices -u id:secret -H "a: b"'))
    expect(text).toBe('\n   $ curl $API/v1/devices -u id:secret \\\n     -H "a: b"\n')
  })

  it('prints JSON with one space after punctuation, and breaks it between members', () => {
    const text = print(40, (printer) => printer.response('403 Forbidden', { error: 'mfa_required', ok: false }))
    expect(text).toBe('   ← 403 Forbidden\n     { "error": "mfa_required",\n       "ok": false }\n')
  })

  it('prints code directly below a text, and after an empty line otherwise', () => {
    const text = print(80, (printer) => {
      printer.say('First:')
      printer.code('one()')
      printer.code('two()')
    })
    expect(text).toBe('   First:\n   > one()\n\n   > two()\n')
  })

  describe('with colors', () => {
    beforeEach(() => void vi.stubEnv('FORCE_COLOR', '1').stubEnv('NO_COLOR', undefined))
    afterEach(() => void vi.unstubAllEnvs())

    it('colors whole lines after they were wrapped', () => {
      const text = print(40, (printer) => printer.passed('a claim of more than forty columns, it is'))
      expect(text).toBe('\x1b[32m   ✓ a claim of more than forty columns,\x1b[39m\n\x1b[32m     it is\x1b[39m\n')
    })
  })
})
