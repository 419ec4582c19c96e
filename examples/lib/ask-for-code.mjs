// @ts-check
import { env, stderr, stdin } from 'node:process'
import { createInterface } from 'node:readline'
import { Writable } from 'node:stream'
import { fail } from './fail.mjs'

let given = env.PARTICLE_OTP

/** Returns the six digits: PARTICLE_OTP once, then what is typed at the terminal, which is not shown. */
export async function askForCode() {
  const code = given || (await readHiddenLine())
  given = undefined
  return code
}

/** @returns {Promise<string>} */
function readHiddenLine() {
  if (!stdin.isTTY) {
    fail(
      'A code is needed: run this at a terminal, or put what the authenticator shows now into PARTICLE_OTP.',
    )
  }
  if (env.PARTICLE_BASE_URL?.includes('127.0.0.1'))
    stderr.write(`(the sandbox shows it at ${env.PARTICLE_BASE_URL})\n`)
  stderr.write("Your authenticator's code (not shown): ")
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() })
  const terminal = createInterface({ input: stdin, output: nowhere, terminal: true })
  return new Promise((resolve) => {
    terminal.once('close', () => fail('\nCancelled.'))
    terminal.once('line', (line) => {
      terminal.removeAllListeners('close')
      terminal.close()
      stderr.write('\n')
      resolve(line)
    })
  })
}
