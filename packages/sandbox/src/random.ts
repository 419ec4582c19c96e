/** A fresh token in the shape of Particle's: 40 hex digits. */
export function randomToken(): string {
  return hex(20)
}

/** A fresh id in the shape of a UUID, which `mfa_token` and `X-Request-Id` have. */
export function randomUuid(): string {
  // crypto.randomUUID exists only in secure contexts, and the sandbox also runs in pages that are none.
  return hex(16).replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12})$/, '$1-$2-4$3-a$4-$5')
}

/** A recovery code as the default accounts have them: three groups of four hex digits. */
export function randomRecoveryCode(): string {
  return hex(6).replace(/^(.{4})(.{4})/, '$1-$2-')
}

function hex(bytes: number): string {
  const random = crypto.getRandomValues(new Uint8Array(bytes))
  return Array.from(random, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
