import { describe, expect, it } from 'vitest'
import { unknownCommand } from './unknown-command.ts'

const ids = ['api', 'auth:login', 'auth:token', 'auth:mfa:enable', 'auth:switch']

describe('words that are no command', () => {
  it.each([
    ['auth tokn', 'There is no command "auth tokn".', 'auth token'],
    ['aut', 'There is no command "aut".', 'auth'],
    ['login', 'There is no command "login".', 'auth login'],
    ['auth mfa enabel', 'There is no command "auth mfa enabel".', 'auth mfa enable'],
    ['auth swich', 'There is no command "auth swich".', 'auth switch'],
    ['auth login hunter2', '"auth login" takes no such argument.', 'auth login --help'],
    ['auth hunter2', '"auth" has no such command.', 'auth --help'],
    ['hunter2', 'There is no such command.', ' --help'],
  ])('%s: what is told, and what may have been meant', (words, what, command) => {
    const error = unknownCommand(words.split(' '), ids)
    expect(error.code).toBe('usage')
    expect(error.message).toBe(what)
    expect(error.command?.join(' ')).toBe(command)
    expect(error.message + error.remedy).not.toContain('hunter2')
  })
})
