import { type ErrorCode, GrantsError } from '@particle-grants/core'
import { libraryErrorReferences } from '@particle-grants/reference'
import { describe, expect, it } from 'vitest'
import { CliError, cliErrorCodes } from './cli-error.ts'
import { describeError } from './describe-error.ts'
import { errorMap } from './error-map.ts'
import { exitCodes } from './exit-codes.ts'

/** Details for any message. */
const anyDetails: object = new Proxy(
  {},
  {
    get: (_, name) => (name === 'retryAt' || name === 'expiresAt' ? 0 : 'x'),
    ownKeys: () => [],
  },
)

const codes = Object.keys(errorMap) as ErrorCode[]
const describeCode = (code: ErrorCode, flags = '') =>
  describeError(new GrantsError(code, 'The message of core.', anyDetails as never), 'pgrants', flags)

describe('the map of errors', () => {
  it('has a line for every error of core, and no more', () => {
    expect(codes.toSorted()).toEqual(Object.keys(libraryErrorReferences).toSorted())
  })

  it.each(codes)('describes %s by a message, a link and one of the documented exit codes', (code) => {
    const described = describeCode(code)
    const documented: readonly number[] = Object.values(exitCodes)
    expect(described.code).toBe(code)
    expect(documented).toContain(described.exitCode)
    expect(described.exitCode).not.toBe(0)
    expect(described.message).not.toBe('')
    expect(`${described.message} ${described.remedy}`).not.toMatch(/\(\)|@particle-grants|`/)
    expect(described.link).toContain(code)
  })

  it.each([
    ['not_signed_in', 3],
    ['reauthentication_required', 3],
    ['mfa_required', 4],
    ['invalid_code', 4],
    ['rate_limited', 5],
    ['backing_off', 5],
    ['network_error', 6],
    ['invalid_argument', 2],
    ['oauth_error', 1],
  ] as const)('%s ends with %i', (code, exitCode) => {
    expect(errorMap[code].exitCode).toBe(exitCode)
  })

  it("prints core's message where it names no method of the API", () => {
    for (const code of ['oauth_error', 'network_error', 'not_renewable'] as const)
      expect(describeCode(code).message).toBe('The message of core.')
  })

  it('names the commands of the connection in use', () => {
    const flags = ' --profile work --base-url http://127.0.0.1:8765'
    for (const [code, command] of [
      ['not_signed_in', 'auth login'],
      ['mfa_required', 'auth login --otp-stdin'],
      ['backing_off', 'auth unlock'],
      ['sso_required', 'auth login --from-particle-cli'],
    ] as const) {
      expect(describeCode(code, flags).remedy).toContain(`pgrants ${command}${flags}`)
    }
  })

  it('says until when to wait, where an error knows it', () => {
    const retryAt = Date.now() + 30 * 60_000
    const thrown = new GrantsError('locked_out', 'Locked out.', { retryAt })
    expect(describeError(thrown, 'pgrants').remedy).toMatch(/^Wait until .* \(in 30 minutes\)\.$/)
  })

  it('says nothing of signing in again about a token that never expires', () => {
    const thrown = new GrantsError('not_renewable', 'It cannot be renewed.', {
      reason: 'developer_token',
      expiresAt: null,
    })
    expect(describeError(thrown, 'pgrants').remedy).toBeUndefined()
  })

  it('leads from a locked keyring to the file store', () => {
    const thrown = new GrantsError('store_unavailable', 'Use fileStore() of a package.', {
      store: 'keyring',
      problem: 'it is locked',
    })
    expect(describeError(thrown, 'pgrants')).toMatchObject({
      message: 'The keyring store cannot be used: it is locked.',
      remedy: 'Keep the sign-in in a file: pgrants auth login --store file',
    })
  })

  it('names the connection in the errors of the commands, too', () => {
    const thrown = new CliError('token_refused', { what: 'Invalid.', remedy: '%bin% auth login%connection%' })
    expect(describeError(thrown, 'host', ' --profile work').remedy).toBe('host auth login --profile work')
  })

  it('tells Ctrl-C from the end of the input', () => {
    const exit = (how: string) =>
      Object.assign(new Error(`User force closed the prompt with ${how}`), { name: 'ExitPromptError' })
    expect(describeError(exit('SIGINT'), 'x').message).toBe('Interrupted. Nothing was stored.')
    expect(describeError(exit('0 null'), 'x').message).toContain('end of input')
  })

  it('describes the errors of the commands, of prompts and of oclif', () => {
    for (const code of Object.keys(cliErrorCodes) as (keyof typeof cliErrorCodes)[]) {
      const thrown = new CliError(code, { what: 'It happened.', remedy: 'Call %bin%.' })
      expect(describeError(thrown, 'host')).toMatchObject({
        code,
        exitCode: cliErrorCodes[code],
        remedy: 'Call host.',
      })
    }
    const interrupted = Object.assign(new Error('User force closed the prompt'), { name: 'ExitPromptError' })
    expect(describeError(interrupted, 'host')).toMatchObject({ code: 'interrupted', exitCode: 130 })
    const wrongFlag = Object.assign(new Error('Nonexistent flag: --x\nSee more help with --help'), {
      oclif: { exit: 2 },
    })
    expect(describeError(wrongFlag, 'host')).toMatchObject({ code: 'usage', exitCode: 2 })
    expect(describeError(new TypeError('x is not a function'), 'host')).toMatchObject({
      code: 'internal',
      exitCode: 1,
    })
    expect(describeError('a string', 'host')).toMatchObject({ code: 'internal', exitCode: 1 })
  })
})
