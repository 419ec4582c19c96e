/**
 * The lifetime that a request asks for, in seconds, read as loosely as the service is known to: `0`, a negative
 * number and a text that is no number all come through, and make a token that never expires.
 */
export function lifetimeOf(options: {
  expiresIn: string | undefined
  expiresAt: string | undefined
  otherwise: number
  now: number
}): number {
  const { expiresIn, expiresAt, otherwise, now } = options
  if (expiresIn) return Number(expiresIn)
  if (expiresAt) return Math.round((Date.parse(expiresAt) - now) / 1000)
  return otherwise
}
