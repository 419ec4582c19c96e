// @ts-check
import { GrantsError } from '@particle-grants/core'

/**
 * Ends the process with a message and no stack.
 * @param {string} message
 * @returns {never}
 */
export function fail(message) {
  console.error(message)
  process.exit(1)
}

// What nobody caught: an error of core's says what happened and what to do; its stack would only be in the way.
process.on('uncaughtException', (error) => {
  fail(GrantsError.isInstance(error) ? `${error.code}: ${error.message}\n${error.link}` : `${error.stack}`)
})
