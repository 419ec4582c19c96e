import { type ErrorCode, GrantsError } from '@particle-grants/core'
import type { ProfileSource } from '@particle-grants/node/profiles'
import { libraryErrorReferences } from '@particle-grants/reference'
import { describe, expect, it } from 'vitest'
import { CliError, cliErrorCodes, exitCodes } from './cli-error.ts'
import { describeError, errorMap } from './describe-error.ts'

/** Details for any message. */
const anyDetails: object = new Proxy(
  {},
  {
    get: (_, name) => {
      if (name === 'places' || name === 'profiles' || name === 'command') return []
      return name === 'retryAt' || name === 'expiresAt' ? 0 : 'x'
    },
    ownKeys: () => [],
  },
)

const codes = Object.keys(errorMap) as ErrorCode[]
const source: ProfileSource = {
  from: 'profile',
  chosenBy: 'flag',
  name: 'work',
  isActive: false,
  profile: undefined,
  baseUrl: 'http://127.0.0.1:8765',
  store: undefined,
}
const bin = 'pgrants'
const describeCode = (code: ErrorCode) =>
  describeError(new GrantsError(code, 'The message of core.', anyDetails as never), { bin, source })

describe('describeError', () => {
  it('knows every error of core, and no others', () => {
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
    ['invalid_credentials', 1],
    ['oauth_error', 1],
  ] as const)('%s ends with exit code %i', (code, exitCode) => {
    expect(errorMap[code].exitCode).toBe(exitCode)
  })

  it("prints core's message if it names no method of the API", () => {
    for (const code of ['oauth_error', 'store_conflict'] as const)
      expect(describeCode(code).message).toBe('The message of core.')
  })

  it('names the commands of the connection in use', () => {
    const flags = '--profile work --base-url http://127.0.0.1:8765'
    for (const [code, command] of [
      ['not_signed_in', 'auth login'],
      ['mfa_required', 'auth login --otp-stdin'],
      ['backing_off', 'auth unlock'],
      ['sso_required', 'auth login --sso'],
    ] as const) {
      expect(describeCode(code).command).toBe(`pgrants ${command} ${flags}`)
    }
  })

  it.each([
    ['secret', 'jane@example.com', 'The same password or secret was refused before for jane@example.com.'],
    ['attempts', 'jane@example.com', 'Too many attempts were refused for jane@example.com.'],
    ['refusals', undefined, 'Nine token requests in a row were refused.'],
  ] as const)('says why the lockout guard holds a request back: %s', (rule, account, message) => {
    const thrown = new GrantsError('backing_off', 'Held back.', { account, rule, retryAt: 1 })
    expect(describeError(thrown, { bin }).message).toBe(message)
  })

  it('prints until when to wait, if the error has a time', () => {
    const retryAt = Date.now() + 30 * 60_000
    const thrown = new GrantsError('locked_out', 'Locked out.', { retryAt })
    expect(describeError(thrown, { bin }).remedy).toMatch(/^Wait until .* \(in 30 minutes\)\.$/)
  })

  it('suggests no sign-in for a token that never expires', () => {
    const thrown = new GrantsError('not_renewable', 'It cannot be renewed.', {
      reason: 'developer_token',
      expiresAt: null,
    })
    expect(describeError(thrown, { bin }).command).toBeUndefined()
    const external = new GrantsError('not_renewable', '', { reason: 'external_token', expiresAt: null })
    expect(describeError(external, { bin }).remedy).not.toContain('never expires')
  })

  it('suggests the file store if the keyring is locked', () => {
    const thrown = new GrantsError('store_unavailable', 'Use fileStore() of a package.', {
      store: 'keyring',
      problem: 'it is locked',
    })
    expect(describeError(thrown, { bin })).toMatchObject({
      message: "The keyring store can't be used: it is locked.",
      command: 'pgrants auth login --store file',
    })
  })

  it('says that the password was wrong, and what to check', () => {
    const details = { status: 400, description: 'User credentials are invalid' }
    expect(describeError(new GrantsError('invalid_credentials', 'Refused.', details), { bin })).toMatchObject({
      message: 'Wrong username or password (invalid_grant).',
      remedy: 'Check the username and password.',
    })
  })

  it('distinguishes Ctrl-C from the end of the input', () => {
    const exit = (how: string) =>
      Object.assign(new Error(`User force closed the prompt with ${how}`), { name: 'ExitPromptError' })
    expect(describeError(exit('SIGINT'), { bin }).message).toBe('Interrupted. Nothing was changed.')
    expect(describeError(exit('0 null'), { bin }).message).toContain('end of input')
  })

  it('describes the errors of the commands, of prompts and of oclif', () => {
    for (const code of Object.keys(cliErrorCodes) as (keyof typeof cliErrorCodes)[]) {
      const thrown = new CliError(code, { what: 'It happened.', command: ['auth login'] })
      expect(describeError(thrown, { bin: 'host' })).toMatchObject({
        code,
        exitCode: cliErrorCodes[code],
        command: 'host auth login',
      })
    }
    const interrupted = Object.assign(new Error('User force closed the prompt'), { name: 'ExitPromptError' })
    expect(describeError(interrupted, { bin: 'host' })).toMatchObject({ code: 'interrupted', exitCode: 130 })
    const wrongFlag = Object.assign(new Error('Nonexistent flag: --x\nSee more help with --help'), {
      oclif: { exit: 2 },
    })
    expect(describeError(wrongFlag, { bin: 'host' })).toMatchObject({ code: 'usage', exitCode: 2 })
    expect(describeError(new TypeError('x is not a function'), { bin: 'host' })).toMatchObject({
      code: 'internal',
      exitCode: 1,
    })
    expect(describeError('a string', { bin: 'host' })).toMatchObject({ code: 'internal', exitCode: 1 })
  })
})
