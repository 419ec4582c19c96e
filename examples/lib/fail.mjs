// @ts-check
import { GrantsError } from '@particle-grants/core'

/** Something that is said without a stack. */
class Failure extends Error {}

/**
 * Ends the script with a message and exit code 1, once its `finally` blocks have run.
 * @param {string} message
 * @returns {never}
 */
export function fail(message) {
  throw new Failure(message)
}

// What nobody caught. An error of core's says what happened and what to do; a stack would only be in the way.
process.on('uncaughtException', (error) => {
  console.error(described(error))
  process.exit(1)
})

/** @param {Error} error */
function described(error) {
  if (error instanceof Failure) return error.message
  if (GrantsError.isInstance(error)) return `${error.code}: ${error.message}\n${error.link}`
  // What fetch rejects with: its cause says which address, and why.
  if (error.message === 'fetch failed')
    return `The API can't be reached: ${error.cause ?? 'the network fails'}`
  return `${error.stack}`
}
