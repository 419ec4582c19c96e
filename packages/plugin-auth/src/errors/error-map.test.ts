import { GrantsError } from '@particle-grants/core'
import { errorCodes } from '@particle-grants/core/reference'
import { describe, expect, it } from 'vitest'
import { CliError, cliErrorCodes } from './cli-error.ts'
import { describeError } from './describe-error.ts'
import { errorMap } from './error-map.ts'
import { exitCodes } from './exit-codes.ts'

/** Details that every message can be made of. */
const anyDetails: object = new Proxy(
  {},
  { get: (_, name) => (name === 'retryAt' || name === 'endsAt' ? 0 : 'x'), ownKeys: () => [] },
)

/** Core's own codes, of which the reference lists those of the wire as well. */
const codes = errorCodes.filter((code) => Object.hasOwn(errorMap, code))

describe('the map of errors', () => {
  it('has a line for every error of core, and no more', () => {
    expect(codes.toSorted()).toEqual(Object.keys(errorMap).toSorted())
  })

  it.each(codes)('describes %s: what happened, what to do, and one of the documented exit codes', (code) => {
    const described = describeError(new GrantsError(code as never, anyDetails as never), 'pgrants')
    const documented: readonly number[] = Object.values(exitCodes)
    expect(described.code).toBe(code)
    expect(documented).toContain(described.exitCode)
    expect(described.exitCode).not.toBe(0)
    expect(described.message).not.toBe('')
    expect(described.remedy ?? '').not.toMatch(/\(\)/)
    expect(described.link).toContain(code)
  })

  it.each([
    ['not_signed_in', 3],
    ['reauthentication_required', 3],
    ['mfa_required', 4],
    ['code_refused', 4],
    ['rate_limited', 5],
    ['failure_budget_spent', 5],
    ['no_answer', 6],
    ['invalid_argument', 2],
    ['grant_refused', 1],
  ] as const)('%s ends with %i', (code, exitCode) => {
    expect(errorMap[code].exitCode).toBe(exitCode)
  })

  it('says in words of a terminal what core says to whoever calls it', () => {
    const remedies = [
      new GrantsError('not_renewable', { reason: 'never_expires', expiresAt: null }),
      new GrantsError('grant_refused', { error: 'invalid_grant' } as never),
      new GrantsError('failure_budget_spent', { failures: 9, until: undefined }),
      new GrantsError('refused_before', { clientId: 'x', scope: undefined }),
      new GrantsError('store_unavailable', {
        store: 'keyring',
        problem: 'is locked',
        advice:
          'Unlock it, or keep sessions in files: `--store file`, or fileStore() of @particle-grants/store-file.',
      }),
    ].map((thrown) => describeError(thrown, 'pgrants').remedy)
    expect(remedies.at(-1)).toBe('Unlock it, or keep sessions in files: --store file.')
    expect(remedies[0]).toBeUndefined()
    expect(remedies.join('\n')).not.toMatch(/\(\)|@particle-grants|Ask for|Go on using|`/)
  })

  it('leads to the profile in use, by the errors of the commands, too', () => {
    const thrown = new CliError('token_refused', { what: 'Dead.', remedy: '%bin% auth login%profile%' })
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
