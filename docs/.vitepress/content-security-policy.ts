import { createHash } from 'node:crypto'

const inlineScript = /<script(?![^>]*\ssrc=)[^>]*>([\s\S]*?)<\/script>/g

/**
 * Adds a content security policy to a page. It allows the site's own files, and the inline scripts of VitePress by their
 * hashes. The browser blocks every request to another host.
 */
export function withContentSecurityPolicy(html: string): string {
  const hashes = [...html.matchAll(inlineScript)].map(([, script = '']) => `'${hashOf(script)}'`)
  const policy = {
    'default-src': ["'none'"],
    'script-src': ["'self'", ...new Set(hashes)],
    // Shiki and VitePress set colours and widths in style attributes.
    'style-src': ["'self'", "'unsafe-inline'"],
    'img-src': ["'self'", 'data:'],
    'font-src': ["'self'"],
    'connect-src': ["'self'"],
    'base-uri': ["'none'"],
    'form-action': ["'none'"],
  }
  const content = Object.entries(policy)
    .map(([name, values]) => `${name} ${values.join(' ')}`)
    .join('; ')
  // After the character set, which must come early, and before every script.
  return html.replace(
    /<meta charset="utf-8">/,
    (charset) => `${charset}\n    <meta http-equiv="Content-Security-Policy" content="${content}">`,
  )
}

function hashOf(script: string): string {
  return `sha256-${createHash('sha256').update(script).digest('base64')}`
}
