const hexPairs = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))
// Digits are drawn in bulk: a call for each token would take longer than the rest of a token request.
const bulkBytes = 4096
let digits = ''
let used = 0

/** Returns a new token in Particle's format: 40 hex digits. */
export function randomToken(): string {
  return randomHex(20)
}

/** Returns a new UUID, the format of an `mfa_token` and of `X-Request-Id`. */
export function randomUuid(): string {
  // crypto.randomUUID exists only in secure contexts, and the sandbox also runs on pages that are not.
  if ('randomUUID' in crypto) return crypto.randomUUID()
  return randomHex(16).replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12})$/, '$1-$2-4$3-a$4-$5')
}

/** Returns a recovery code in the format of the default accounts: three groups of four hex digits. */
export function randomRecoveryCode(): string {
  return `${randomHex(2)}-${randomHex(2)}-${randomHex(2)}`
}

function randomHex(bytes: number): string {
  if (used + 2 * bytes > digits.length) {
    const random = crypto.getRandomValues(new Uint8Array(bulkBytes))
    digits = ''
    for (const byte of random) digits += hexPairs[byte]
    used = 0
  }
  used += 2 * bytes
  return digits.slice(used - 2 * bytes, used)
}
