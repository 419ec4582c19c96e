import { findLeaks } from '@particle-grants/test-kit'
import { describe, expect, it } from 'vitest'
import { World } from '../test/cli.ts'

const token = '0123456789abcdef0123456789abcdef01234567'
const answer = `HTTP/1.1 403 Forbidden\r\nContent-Type: application/json\r\n\r\n{"mfa_token":"PLANTED-6e16f915","error":"mfa_required","error_description":"Multi-factor authentication required"}\r\n`

describe('grants', () => {
  it('prints all grants, one of them, and an unsupported one', async () => {
    const world = await World.open()

    const [all, one, other] = await Promise.all([
      world.run(['grants']),
      world.run(['grants', 'mfa-otp']),
      world.run(['grants', 'urn:custom:mfa-token']),
    ])
    expect([all.code, one.code, other.code]).toEqual([0, 0, 0])
    expect(all.stdout).toMatch(/^client_credentials {2}product, user$/m)
    expect(one.stdout).toMatch(/^urn:custom:mfa-otp\n/)
    expect(other.stdout).toMatch(/There is no such grant/)
    expect(all.stderr + one.stderr + other.stderr).toBe('')
    // Piped: no colours.
    expect(all.stdout).not.toContain('\x1b')
  })

  it('prints the reference as JSON', async () => {
    const world = await World.open()
    const { code, document } = await world.json(['grants', 'password'])

    expect(code).toBe(0)
    expect(document.grants).toHaveLength(1)
    expect(document.grants[0]).toMatchObject({
      type: 'password',
      definition: { clients: ['developer', 'product', 'user'] },
    })
  })

  it('names the grants if one is unknown, and exits with 2', async () => {
    const world = await World.open()
    const { code, stdout, stderr } = await world.run(['grants', 'PLANTED'])

    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toMatch(/Unknown grant type/)
    expect(stderr).toContain('urn:custom:mfa-otp')
    expect(findLeaks(stderr, ['PLANTED'])).toEqual([])
  })

  it('fits into 40 columns, with and without colors', async () => {
    const world = await World.open()
    for (const env of [{}, { NO_COLOR: '1' }]) {
      const terminal = world.terminal(['grants'], { columns: 40, rows: 30, env })
      expect((await terminal.ended).code).toBe(0)
      // Whatever were too long would have been broken by the terminal: no word is.
      expect(terminal.screen().replace(/\s+/g, ' ')).toContain('the six digits from the authenticator')
      expect(terminal.output().includes('\x1b[')).toBe(!('NO_COLOR' in env))
    }
  })
})

describe('explain', () => {
  it('explains an error code', async () => {
    const world = await World.open()
    const { code, stdout, stderr } = await world.run(['explain', 'invalid_grant'])

    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toMatch(/^invalid_grant \(400\)\n/)
    expect(stdout).toContain('What to do')
  })

  it('accepts a code in any spelling, and suggests a similar one for an unknown one', async () => {
    const world = await World.open()
    for (const code of ['INVALID_GRANT', 'Invalid-Grant'])
      expect((await world.run(['explain', code])).stdout).toMatch(/^invalid_grant \(400\)\n/)
    const { code, stderr } = await world.run(['explain', 'invalid_grnat'])

    expect(code).toBe(2)
    expect(stderr).toMatch(/Did you mean this\?\n {2}pgrants explain invalid_grant\n/)
  })

  it('lists the codes for an unknown one, in lines that fit, but in one line of a document', async () => {
    const world = await World.open()
    const { code, stderr } = await world.run(['explain', 'nope'])
    const { document } = await world.json(['explain', 'nope'])

    expect(code).toBe(2)
    expect(stderr).toMatch(/^Error: Unknown error code\.\nError codes: [\s\S]*invalid_grant,/)
    expect(stderr.split('\n').filter((line) => line.length > 80)).toEqual([])
    expect(document.error.remedy).not.toContain('\n')
    expect((await world.run(['explain', 'lockedout'])).stderr).toContain(
      'Did you mean this?\n  pgrants explain locked_out',
    )
  })

  it('explains the error of a response on stdin, and repeats no secret of it', async () => {
    const world = await World.open()
    const { code, stdout, stderr } = await world.run(['explain'], { stdin: answer })

    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toMatch(/^mfa_required \(403\)\n/)
    expect(stdout).toContain('-d grant_type=urn:custom:mfa-otp')
    expect(findLeaks(stdout, ['PLANTED'])).toEqual([])
  })

  it('explains an error of the sandbox', async () => {
    const world = await World.open()
    const response = await fetch(`${world.server.url}/oauth/token`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
      body: 'grant_type=urn:custom:mfa-token',
    })
    const { document } = await world.json(['explain'], { stdin: await response.text() })

    expect(document).toMatchObject({ error: 'invalid_request' })
    expect(document.explanation.cause.anchor).toMatch(/^invalid_request-/)
  })

  it('explains a response as JSON, without its secrets', async () => {
    const world = await World.open()
    const { code, document } = await world.json(['explain'], { stdin: answer })

    expect(code).toBe(0)
    expect(document).toMatchObject({ error: 'mfa_required', explanation: { code: 'mfa_required' } })
    expect(findLeaks(document, ['PLANTED'])).toEqual([])
  })

  it.each([
    [['explain'], '', /There is no error in the input/],
    [['explain'], `{"token_type":"bearer","access_token":"${token}"}`, /There is no error in the input/],
    [['explain'], '<html>', /There is no error in the input/],
    [['explain', token], '', /Unknown error code/],
    [['explain'], 'something_else', /Unknown error code/],
    [['explain'], '{"error":"something_else"}', /Unknown error code/],
  ])('exits with 2 for %j with %.20j, and repeats neither', async (args, stdin, message) => {
    const world = await World.open()
    const { code, stdout, stderr } = await world.run(args, { stdin })

    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toMatch(message)
    expect(findLeaks(stderr, [token, 'something_else'])).toEqual([])
  })

  it('fails without a code if stdin is a terminal', async () => {
    const terminal = (await World.open()).terminal(['explain'])

    expect((await terminal.ended).code).toBe(2)
    expect(terminal.screen()).toMatch(/Nothing to explain/)
  })

  it('stops waiting for an input that never ends', async () => {
    const world = await World.open()
    const env = { PARTICLE_GRANTS_STDIN_TIMEOUT: '0.5' }
    const stdin = { open: 'HTTP/1.1 200 OK' }
    const { code, stderr } = await world.spawn(['explain'], { stdin, env }).ended

    expect(code).toBe(2)
    expect(stderr).toMatch(/did not end within 1 s/)
  })

  it('does not read stdin if a code is given', async () => {
    const world = await World.open()

    const { ended } = world.spawn(['explain', 'invalid_scope'], { stdin: { open: '' } })

    expect((await ended).code).toBe(0)
  })
})
