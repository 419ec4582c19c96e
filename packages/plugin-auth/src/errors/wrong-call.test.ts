import { findLeaks } from '@particle-grants/test-kit'
import { describe, expect, it } from 'vitest'
import { toUsageError } from './wrong-call.ts'

const secret = 'hunter2secret'
const loginFlags = {
  'password-stdin': {},
  'client-secret-stdin': {},
  'recovery-code-stdin': {},
  'with-token': {},
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

describe('toUsageError', () => {
  it.each([
    [`--password=${secret}`, 'Unknown flag: --password.', '--password-stdin'],
    [`--secret=${secret}`, 'Unknown flag: --secret.', '--client-secret-stdin'],
    ['--recovery-code', 'Unknown flag: --recovery-code.', '--recovery-code-stdin'],
    ['--with-tokn', 'Unknown flag: --with-tokn.', '--with-token'],
    ['--user', 'Unknown flag: --user.', 'Did you mean --username?'],
    ['--token', 'Unknown flag: --token.', '--with-token'],
    [`-x${secret}`, 'Unknown flag: -x.', 'See the help:'],
    [`--${secret}`, 'Unknown flag: (not repeated).', 'See the help:'],
  ])('describes the unknown flag %s without its value, and what to use instead', (flag, message, way) => {
    const described = toUsageError(thrown(`Nonexistent flag: ${flag}`, { flags: [flag] }), 'auth:login')
    expect(described.message).toBe(message)
    expect(described.remedy).toContain(way)
    expect(described.command).toEqual(['auth login', '--help'])
    expect(findLeaks(described, [secret])).toEqual([])
  })

  it.each([
    [`Unexpected argument: ${secret}`, 'Too many arguments.'],
    [`Unexpected arguments: a, ${secret}`, 'Too many arguments.'],
    [`Expected --format=${secret} to be one of: plain, env`, '--format must be one of: plain, env.'],
    [`Expected ${secret}\nx to be one of: bash, zsh`, 'The argument must be one of: bash, zsh.'],
    [
      `The following error occurred:\n  \u001b[2m--customer=${secret} cannot also be provided when using --username\u001b[22m`,
      "--customer and --username can't be combined.",
    ],
    [`Expected an integer but received: ${secret}`, 'Expected an integer.'],
    ['Flag --profile expects a value', 'Flag --profile expects a value.'],
    ['Expected --method=FOO to be one of: GET, PUT, get, put', '--method must be one of: GET, PUT.'],
    ['The following error occurred:\n  Missing required flag shell', 'Missing required flag: --shell.'],
    [
      'The following errors occurred:\n  --a=1 cannot also be provided when using --b\n  --a=1 cannot also be provided when using --b',
      "--a and --b can't be combined.",
    ],
  ])('repeats no value of %j', (message, expected) => {
    const described = toUsageError(thrown(message))
    expect(described.message).toBe(expected)
    expect(findLeaks(described, [secret])).toEqual([])
  })
})
