// @ts-check
// Settings come from the environment, never from the command line, which other users of the machine can read.
import { basename } from 'node:path'
import { argv, env } from 'node:process'
import { fail } from './fail.mjs'

/**
 * Reads PARTICLE_BASE_URL and other variables from the environment. If one is missing, says how to set it.
 * @template {string} Name
 * @param {Record<Name, string>} sandboxValues the variables, each with its value for the sandbox
 * @returns {Record<Name | 'PARTICLE_BASE_URL', string>}
 */
export function fromEnvironment(sandboxValues) {
  const names = ['PARTICLE_BASE_URL', ...Object.keys(sandboxValues)]
  const missing = names.filter((name) => !env[name])
  if (missing.length > 0) fail(describeVariables(sandboxValues, missing))
  return /** @type {any} */ (Object.fromEntries(names.map((name) => [name, readVariable(name)])))
}

/**
 * A base URL may end in a slash. The examples append paths.
 * @param {string} name
 */
function readVariable(name) {
  return name === 'PARTICLE_BASE_URL' ? env[name]?.replace(/\/+$/, '') : env[name]
}

/**
 * Says which variables an example needs, and how to set them for a sandbox.
 * @param {Record<string, string>} sandboxValues
 * @param {string[]} missing the variables to name; all of them by default
 */
export function describeVariables(
  sandboxValues,
  missing = ['PARTICLE_BASE_URL', ...Object.keys(sandboxValues)],
) {
  const wanted = { PARTICLE_BASE_URL: 'http://127.0.0.1:8765', ...sandboxValues }
  const exports = Object.entries(wanted).map(([name, value]) => `  export ${name}=${quote(value)}`)
  return `${basename(argv[1] ?? 'This example')} needs ${missing.join(', ')}\nin the environment.

To try it in a sandbox, start one in another terminal, at the root of the repository:
  npm run sandbox
and paste here:
${exports.join('\n')}

With a real account, PARTICLE_BASE_URL is https://api.particle.io.${hintHiddenInput(Object.keys(wanted))}`
}

/** @param {string[]} names */
function hintHiddenInput(names) {
  const secret = names.find((name) => /PASSWORD|SECRET|TOKEN/.test(name))
  if (secret === undefined) return ''
  return `\nKeep secrets out of the shell's history:\n  read -rs ${secret} && export ${secret}`
}

/** @param {string} value */
function quote(value) {
  if (value.startsWith('$(')) return `"${value}"`
  return /^[\w.:/@-]+$/.test(value) ? value : `'${value}'`
}
