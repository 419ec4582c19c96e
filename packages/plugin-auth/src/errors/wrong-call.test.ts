import { leaksIn } from '@particle-grants/test-kit'
import { describe, expect, it } from 'vitest'
import { describeWrongCall } from './wrong-call.ts'

const secret = 'hunter2secret'
const loginFlags = {
  'password-stdin': {},
  'client-secret-stdin': {},
  'recovery-code-stdin': {},
  username: {},
}

/** An error as oclif throws it. */
function thrown(message: string, more: object = {}): Error {
  const parse = { input: { flags: loginFlags } }
  return Object.assign(new Error(`${message}\nSee more help with --help`), {
    oclif: { exit: 2 },
    parse,
    ...more,
  })
}

describe('a wrong call', () => {
  it.each([
    [`--password=${secret}`, 'There is no flag --password.', '--password-stdin'],
    [`--secret=${secret}`, 'There is no flag --secret.', '--client-secret-stdin'],
    ['--recovery-code', 'There is no flag --recovery-code.', '--recovery-code-stdin'],
    [`-x${secret}`, 'There is no flag -x.', 'See --help.'],
    [`--${secret}`, 'There is no flag (not repeated).', 'See --help.'],
  ])('by the flag %s is described without its value, and with the safe way', (flag, message, way) => {
    const described = describeWrongCall(thrown(`Nonexistent flag: ${flag}`, { flags: [flag] }))
    expect(described.message).toBe(message)
    expect(described.remedy).toContain(way)
    expect(leaksIn(described, [secret])).toEqual([])
  })

  it.each([
    [`Unexpected argument: ${secret}`, 'There is an argument too many.'],
    [`Unexpected arguments: a, ${secret}`, 'There is an argument too many.'],
    [`Expected --format=${secret} to be one of: plain, env`, '--format is one of: plain, env.'],
    [`Expected ${secret}\nx to be one of: bash, zsh`, 'The argument is one of: bash, zsh.'],
    [
      `The following error occurred:\n  \u001b[2m--customer=${secret} cannot also be provided when using --username\u001b[22m`,
      'The following error occurred:\n  --customer and --username exclude each other.',
    ],
    [`Expected an integer but received: ${secret}`, 'Expected an integer.'],
    ['Flag --profile expects a value', 'Flag --profile expects a value'],
  ])('%j repeats no value', (message, expected) => {
    const described = describeWrongCall(thrown(message))
    expect(described.message).toBe(expected)
    expect(leaksIn(described, [secret])).toEqual([])
  })
})
