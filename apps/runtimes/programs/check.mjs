/**
 * Where the programs find a sandbox.
 *
 * @typedef {object} Environment
 * @property {string} baseUrl The sandbox, as core and axios call it.
 * @property {string} controlUrl The same sandbox, for moving its clock and reading codes.
 */

/**
 * Throws if a value is not the expected one.
 *
 * @param {string} what
 * @param {unknown} actual
 * @param {unknown} expected
 */
export function check(what, actual, expected) {
  if (actual !== expected) throw new Error(`${what}: ${actual}, expected ${expected}`)
}

/**
 * Throws if both values are the same.
 *
 * @param {string} what
 * @param {unknown} before
 * @param {unknown} after
 */
export function checkChanged(what, before, after) {
  if (before === after) throw new Error(`${what} is still ${typeof after === 'string' ? 'the same' : after}`)
}

/**
 * Invalidates every access token of the sandbox, as if they had expired.
 *
 * @param {Environment} environment
 */
export async function expireTokens({ controlUrl }) {
  const response = await fetch(`${controlUrl}/__sandbox/expire`, { method: 'POST' })
  check('the status of /__sandbox/expire', response.status, 200)
}
