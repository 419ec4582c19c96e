import { html } from './html.ts'
import { script } from './script.ts'
import { style } from './style.ts'

const files: Record<string, { type: string; text: string }> = {
  '/': { type: 'text/html', text: html },
  '/sandbox.css': { type: 'text/css', text: style },
  '/sandbox.js': { type: 'text/javascript', text: script },
}

/** Only the page's own script and style, and requests to the sandbox itself. */
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

/** Whether a path belongs to the web page. */
export function isPagePath(path: string): boolean {
  return path in files || path === '/favicon.ico'
}

/** A file of the web page. */
export function pageResponse(path: string): Response {
  const file = files[path]
  if (!file) return new Response(null, { status: 204 })
  return new Response(file.text, {
    headers: {
      'content-type': `${file.type}; charset=utf-8`,
      'content-security-policy': policy,
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
    },
  })
}
