import { createHash } from 'node:crypto'
import { expect, it } from 'vitest'
import { withContentSecurityPolicy } from './content-security-policy.ts'

const page = (head: string) => `<!DOCTYPE html><html><head>\n    <meta charset="utf-8">${head}</head></html>`

function policyOf(html: string): string {
  return /<meta http-equiv="Content-Security-Policy" content="([^"]+)">/.exec(html)?.[1] ?? ''
}

it('scripts in the page are allowed by their hash, and no other', () => {
  const script = 'document.title = "it\'s"'
  const hash = createHash('sha256').update(script).digest('base64')
  const html = page(`<script id="dark">${script}</script><script type="module" src="/a.js"></script>`)
  expect(policyOf(withContentSecurityPolicy(html))).toContain(`script-src 'self' 'sha256-${hash}';`)
})

it('nothing is loaded from elsewhere or sent there', () => {
  const policy = policyOf(withContentSecurityPolicy(page('')))
  expect(policy).toContain("default-src 'none'")
  expect(policy).toContain("connect-src 'self'")
  expect(policy).not.toMatch(/https?:|\*/)
})

it('the policy stands before every script', () => {
  const html = withContentSecurityPolicy(page('<script>1</script>'))
  expect(html.indexOf('Content-Security-Policy')).toBeLessThan(html.indexOf('<script>'))
})
