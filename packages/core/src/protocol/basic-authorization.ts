/**
 * HTTP Basic as curl sends it: UTF-8, and no form-encoding of id and secret, which Particle's server does not undo
 * (RFC 6749 §2.3.1 asks for it). Known from: Particle's open OAuth server.
 */
export function basicAuthorization(id: string, secret: string): string {
  const bytes = new TextEncoder().encode(`${id}:${secret}`)
  return `Basic ${btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''))}`
}
