// @ts-check
// A script for one person. It signs in at its first run, with MFA if the account has it, and stays signed in.
import { stderr, stdin } from 'node:process'
import { createInterface } from 'node:readline/promises'
import { createSession, developerClient, GrantsError } from '@particle-grants/core'
import { fileStore } from '@particle-grants/store-file'

const { PARTICLE_USERNAME: username = '', PARTICLE_PASSWORD: password = '' } = process.env
const session = createSession({
  client: developerClient(),
  profile: 'my-script',
  store: fileStore(),
  baseUrl: process.env.PARTICLE_BASE_URL,
})

let state = await session.load()
if (state.status !== 'signed_in') state = await session.login({ username, password })
if (state.status === 'mfa_required') await submitCode()

const response = await session.fetch('/v1/devices')
console.log(response.status, await response.json())

/** The challenge stays open after a wrong code, for three attempts within ten minutes. */
async function submitCode() {
  const terminal = createInterface({ input: stdin, output: stderr })
  while (session.state.status === 'mfa_required') {
    const code = await terminal.question("Your authenticator's code: ")
    try {
      await session.submitOtp(code)
    } catch (error) {
      if (!GrantsError.isInstance(error) || error.code !== 'invalid_code') throw error
      console.error(error.message)
    }
  }
  terminal.close()
}
