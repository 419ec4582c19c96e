import { execFile, spawnSync } from 'node:child_process'
import { promisify } from 'node:util'
import { createSandbox } from '@particle-grants/sandbox'
import type { SandboxServer } from '@particle-grants/sandbox/node'
import { listen } from '@particle-grants/sandbox/node'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { mfa } from '../../test/token-requests.ts'

const hasCurl = spawnSync('curl', ['--version']).status === 0
const sandbox = createSandbox()
let server: SandboxServer

beforeAll(async () => {
  server = await listen(sandbox)
})
afterAll(() => server.close())

/** Runs curl as the report does: `-u particle:particle` and one `-d` for each field. */
async function curl(...fields: string[]) {
  const data = fields.flatMap((field) => ['-d', field])
  const args = ['-s', '-w', '\n%{http_code}', `${server.url}/oauth/token`, '-u', 'particle:particle', ...data]
  const { stdout } = await promisify(execFile)('curl', args)
  const [body = '', status] = stdout.split('\n')
  return { status: Number(status), body: JSON.parse(body) }
}

describe.skipIf(!hasCurl)(`curl${hasCurl ? '' : ' (skipped: there is no curl on this machine)'}`, () => {
  it('has the exchange of the report: the first step requires the second, which returns tokens', async () => {
    const username = `username=${mfa.username}`
    const first = await curl('grant_type=password', username, `password=${mfa.password}`)
    expect(first.status).toBe(403)
    expect(first.body).toEqual({
      mfa_token: expect.stringMatching(/^[0-9a-f-]{36}$/),
      error: 'mfa_required',
      error_description: 'Multi-factor authentication required',
    })
    const mfaToken = `mfa_token=${first.body.mfa_token}`
    const otp = `otp=${sandbox.otp(mfa.username)}`
    const second = await curl('grant_type=urn:custom:mfa-otp', username, mfaToken, otp)
    expect(second).toEqual({
      status: 200,
      body: {
        token_type: 'bearer',
        access_token: expect.stringMatching(/^[0-9a-f]{40}$/),
        expires_in: 7_776_000,
        refresh_token: expect.stringMatching(/^[0-9a-f]{40}$/),
      },
    })
  })

  it('gets the report’s response to its first command, which has no password', async () => {
    expect(await curl('grant_type=password', `username=${mfa.username}`)).toMatchObject({
      status: 400,
      body: { error: 'invalid_client' },
    })
  })
})
