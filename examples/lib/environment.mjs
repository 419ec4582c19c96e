// @ts-check
// What the examples take from the environment. Never from the command line, which others on the machine can read.
import { basename } from 'node:path'
import { argv, env } from 'node:process'
import { fail } from './fail.mjs'

/**
 * Reads variables from the environment, PARTICLE_BASE_URL among them; says what to do where one is missing.
 * @template {string} Name
 * @param {Record<Name, string>} inTheSandbox each variable that is needed, with the sandbox's value of it
 * @returns {Record<Name | 'PARTICLE_BASE_URL', string>}
 */
export function fromEnvironment(inTheSandbox) {
  const names = ['PARTICLE_BASE_URL', ...Object.keys(inTheSandbox)]
  const missing = names.filter((name) => !env[name])
  if (missing.length > 0) fail(whatIsNeeded(inTheSandbox, missing))
  return /** @type {any} */ (Object.fromEntries(names.map((name) => [name, variable(name)])))
}

/**
 * A base URL may end in a slash; paths are put behind it here.
 * @param {string} name
 */
function variable(name) {
  return name === 'PARTICLE_BASE_URL' ? env[name]?.replace(/\/+$/, '') : env[name]
}

/**
 * Which variables an example needs, and how to set them for a sandbox.
 * @param {Record<string, string>} inTheSandbox
 * @param {string[]} missing those to name; without it all of them
 */
export function whatIsNeeded(inTheSandbox, missing = ['PARTICLE_BASE_URL', ...Object.keys(inTheSandbox)]) {
  const wanted = { PARTICLE_BASE_URL: 'http://127.0.0.1:8765', ...inTheSandbox }
  const exports = Object.entries(wanted).map(([name, value]) => `  export ${name}=${quoted(value)}`)
  return `${basename(argv[1] ?? 'This example')} needs ${missing.join(', ')}\nin the environment.

To try it in a sandbox, start one in another terminal, at the root of the repository:
  npm run sandbox
and paste here:
${exports.join('\n')}

With a real account, PARTICLE_BASE_URL is https://api.particle.io.${hiddenInput(Object.keys(wanted))}`
}

/** @param {string[]} names */
function hiddenInput(names) {
  const secret = names.find((name) => /PASSWORD|SECRET|TOKEN/.test(name))
  if (secret === undefined) return ''
  return `\nKeep secrets out of the shell's history:\n  read -rs ${secret} && export ${secret}`
}

/** @param {string} value */
function quoted(value) {
  if (value.startsWith('$(')) return `"${value}"`
  return /^[\w.:/@-]+$/.test(value) ? value : `'${value}'`
}
