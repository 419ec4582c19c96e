import { describe, expect, it } from 'vitest'
import { unknownCommand } from './wrong-call.ts'

const ids = ['api', 'auth:login', 'auth:token', 'auth:mfa:enable', 'auth:profiles', 'auth:profiles:switch']

describe('unknownCommand', () => {
  it.each([
    ['auth tokn', 'There is no command "auth tokn".', 'auth token'],
    ['aut', 'There is no command "aut".', 'auth'],
    ['login', 'There is no command "login".', 'auth login'],
    ['auth mfa enabel', 'There is no command "auth mfa enabel".', 'auth mfa enable'],
    ['auth profiles swich', 'There is no command "auth profiles swich".', 'auth profiles switch'],
    ['auth login hunter2', '"auth login" does not take this argument.', 'auth login --help'],
    ['auth hunter2', 'There is no such command.', 'auth --help'],
    ['hunter2', 'There is no such command.', '--help'],
    ['auth', 'The command is incomplete.', 'auth --help'],
    ['', 'The command is incomplete.', '--help'],
  ])('reports %j without a word that may be a secret, and suggests a command', (words, what, command) => {
    const error = unknownCommand(words.split(' ').filter(Boolean), ids)
    expect(error.code).toBe('usage')
    expect(error.message).toBe(what)
    expect(error.command?.join(' ').trim()).toBe(command)
    expect(error.message + error.remedy).not.toContain('hunter2')
  })
})
