import { describe, expect, it } from 'vitest'
import { nameCommands, withCommands } from './commands.ts'
import { fold } from './rows.ts'

const commandIDs = ['auth:login', 'auth:mfa', 'auth:mfa:enable', 'api']

describe('commands in a text', () => {
  it('are joined as the program joins them', () => {
    nameCommands({ bin: 'somebody', topicSeparator: ':', commandIDs })
    expect(withCommands('Sign in: somebody auth login --profile work, or somebody auth mfa enable.')).toBe(
      'Sign in: somebody auth:login --profile work, or somebody auth:mfa:enable.',
    )
    expect(withCommands('a somebody auth logins, xsomebody auth login')).toBe(
      'a somebody auth logins, xsomebody auth login',
    )
  })

  it('are broken at no blank', () => {
    nameCommands({ bin: 'pgrants', topicSeparator: ' ', commandIDs })
    const text = "The token ends soon and can't be renewed. Sign in again: pgrants auth login --profile work"
    for (const width of [20, 30, 40, 60, 80]) {
      const lines = fold(text, width)
      expect(lines.filter((line) => line.includes('pgrants auth login --profile work'))).toHaveLength(1)
      expect(lines.join(' ')).toBe(text)
    }
  })
})
