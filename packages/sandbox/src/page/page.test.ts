import { createSandbox } from '@particle-grants/sandbox'
import { describe, expect, it } from 'vitest'

const get = (path: string) => createSandbox().fetch(`http://sandbox.test${path}`)

describe('the page', () => {
  it.each([
    ['/', 'text/html; charset=utf-8'],
    ['/sandbox.css', 'text/css; charset=utf-8'],
    ['/sandbox.js', 'text/javascript; charset=utf-8'],
  ])('serves %s with a policy that allows nothing from outside', async (path, type) => {
    const { headers } = await get(path)
    expect(headers.get('content-type')).toBe(type)
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    const policy = headers.get('content-security-policy') ?? ''
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain("frame-ancestors 'none'")
    expect(policy).not.toMatch(/unsafe|https?:|\*|data:/)
  })

  it('has no inline script, style or handler, which the policy would block', async () => {
    const html = await (await get('/')).text()
    expect(html).not.toMatch(/<style|style=|\son\w+=|javascript:|<script>(?!<)/)
  })

  it('has a valid script that never writes HTML', async () => {
    const script = await (await get('/sandbox.js')).text()
    expect(() => new Function(script)).not.toThrow()
    expect(script).not.toMatch(/innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval/)
  })

  it('needs no icon', async () => {
    expect((await get('/favicon.ico')).status).toBe(204)
  })
})
