import { testAxios } from './axios.mjs'
import { testCore } from './core.mjs'
import { testSandbox } from './sandbox.mjs'

/**
 * Runs every smoke test. Rejects with the first failure.
 *
 * @param {import('./check.mjs').Environment} environment
 * @returns {Promise<string[]>} The packages that passed.
 */
export async function testAll(environment) {
  await testSandbox()
  await testCore(environment)
  await testAxios(environment)
  return ['sandbox', 'core', 'axios']
}
