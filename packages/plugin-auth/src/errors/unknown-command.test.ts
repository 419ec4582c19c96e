import { describe, expect, it } from 'vitest'
import { unknownCommand } from './unknown-command.ts'

const ids = ['api', 'auth:login', 'auth:token', 'auth:mfa:enable', 'auth:profiles', 'auth:profiles:switch']

describe('unknownCommand', () => {
  it.each([
    ['auth tokn', 'There is no command "auth tokn".', 'Did you mean %bin% auth token?'],
    ['aut', 'There is no command "aut".', 'Did you mean %bin% auth?'],
    ['login', 'There is no command "login".', 'Did you mean %bin% auth login?'],
    ['auth mfa enabel', 'There is no command "auth mfa enabel".', 'Did you mean %bin% auth mfa enable?'],
    ['auth profiles swich', 'There is no command "auth profiles swich".', '%bin% auth profiles switch?'],
    ['auth login hunter2', '"auth login" does not take this argument.', '%bin% auth login --help'],
    [
      'auth hunter2',
      'There is no such command.',
      'Commands of auth: login, mfa, profiles, token. See %bin% auth --help',
    ],
    ['hunter2', 'There is no such command.', 'Commands: api, auth. See %bin% --help'],
    ['auth', 'The command is incomplete.', 'See %bin% auth --help'],
    ['', 'The command is incomplete.', 'See %bin% --help'],
  ])('reports %j without a word that may be a secret, and suggests a command', (words, what, remedy) => {
    const error = unknownCommand(words.split(' ').filter(Boolean), ids)
    expect(error.code).toBe('usage')
    expect(error.message).toBe(what)
    expect(error.remedy).toContain(remedy)
    expect(error.message + error.remedy).not.toContain('hunter2')
  })
})
