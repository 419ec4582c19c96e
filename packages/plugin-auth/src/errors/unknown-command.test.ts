import { describe, expect, it } from 'vitest'
import { unknownCommand } from './wrong-call.ts'

const ids = [
  'api',
  'auth:login',
  'auth:token',
  'auth:mfa:status',
  'auth:status',
  'auth:mfa:enable',
  'auth:profiles',
  'auth:profiles:switch',
]

describe('unknownCommand', () => {
  it.each([
    ['auth tokn', 'There is no command "auth tokn".', 'auth token'],
    ['aut', 'There is no command "aut".', 'auth'],
    ['mfa status', 'There is no command "mfa".', 'auth mfa'],
    ['atuh login', 'There is no command "atuh".', 'auth'],
    ['login', 'There is no command "login".', 'auth login'],
    ['auth mfa enabel', 'There is no command "auth mfa enabel".', 'auth mfa enable'],
    ['auth profiles swich', 'There is no command "auth profiles swich".', 'auth profiles switch'],
    ['status', 'There is no command "status".', 'auth status'],
    ['zzz', 'There is no command "zzz".', '--help'],
    ['auth setup-git', 'There is no command "auth setup-git".', 'auth --help'],
    ['auth login hunter2', 'Too many arguments.', 'auth login --help'],
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

  it.each([[[]], [['auth']]])('reports an unknown flag after %j', (words) => {
    expect(unknownCommand(words, ids, '--bogus=hunter2').message).toBe('Unknown flag: --bogus.')
  })
})
