// @ts-check
import { GrantsError } from '@particle-grants/core'

/** An error that is shown without its stack. */
class Failure extends Error {}

/**
 * Ends the script with a message and exit code 1, once its `finally` blocks have run.
 * @param {string} message
 * @returns {never}
 */
export function fail(message) {
  throw new Failure(message)
}

// An error of this library says what happened and what to do; its stack would not help.
process.on('uncaughtException', (error) => {
  console.error(describe(error))
  process.exit(1)
})

/** @param {Error} error */
function describe(error) {
  if (error instanceof Failure) return error.message
  if (GrantsError.isInstance(error)) return `${error.code}: ${error.message}`
  // fetch's error: its cause says which address, and why.
  if (error.message === 'fetch failed')
    return `The API cannot be reached: ${error.cause ?? 'the network failed'}`
  return `${error.stack}`
}
