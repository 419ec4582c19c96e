import { describe, expect, it } from 'vitest'
import { catchError, type Demo, runDemo } from './demo.ts'
import { createPrinter } from './printer.ts'

async function run(story: (demo: Demo) => Promise<void>) {
  let text = ''
  const write = (more: string) => {
    text += more
  }
  const passed = await runDemo(story, createPrinter(write, 80))
  return { passed, text }
}

describe('runDemo', () => {
  it('passes if every check passes, and counts them', async () => {
    const { passed, text } = await run(async ({ check }) => {
      check('one', true)
      check('two', true)
    })
    expect(passed).toBe(true)
    expect(text).toContain('   ✓ one\n   ✓ two\n')
    expect(text).toContain('2 checks passed')
  })

  it('stops at the first check that fails, and names it', async () => {
    const { passed, text } = await run(async ({ check }) => {
      check('the sky is green', false)
      expect.unreachable()
    })
    expect(passed).toBe(false)
    expect(text).toBe('   ✗ This is not true: the sky is green\n')
  })

  it('stops at an unexpected error, and prints it', async () => {
    const { passed, text } = await run(async () => {
      throw new TypeError('no such thing')
    })
    expect(passed).toBe(false)
    expect(text).toMatch(/^ {3}✗ TypeError: no such thing\n {3}✗ at /)
  })

  it('closes the sandbox also after a failure', async () => {
    let address = ''
    await run(async ({ url, check }) => {
      address = url
      check('no', false)
    })
    await expect(fetch(address)).rejects.toThrow('fetch failed')
  })

  it('prints the requests of any client while it watches, without secrets', async () => {
    const authorization = `Basic ${btoa('particle:particle')}`
    const body = new URLSearchParams({ grant_type: 'password', username: 'jane@example.com', password: 'x' })
    const { text } = await run(async ({ watch, url }) => {
      const send = () => fetch(`${url}/oauth/token`, { method: 'POST', headers: { authorization }, body })
      await send()
      const [request] = await watch(send)
      expect(request?.error).toBe('invalid_grant')
    })
    expect(text).toMatch(/^ {3}→ POST \/oauth\/token grant_type=password username=jane@example.com\n/)
    expect(text).toContain('     password=•••• ← 400 invalid_grant\n')
  })
})

describe('catchError', () => {
  it('rejects if the promise resolves or rejects with another error', async () => {
    await expect(catchError(Promise.resolve())).rejects.toThrow('should be rejected')
    await expect(catchError(Promise.reject(new TypeError('other')))).rejects.toThrow('other')
  })
})
