import type { ProfileSource } from '@particle-grants/node/profiles'
import { describe, expect, it } from 'vitest'
import { formatCommand } from './format-command.ts'

const source: ProfileSource = {
  from: 'profile',
  chosenBy: 'flag',
  name: 'work',
  isActive: false,
  profile: undefined,
  baseUrl: 'http://127.0.0.1:8765',
  store: undefined,
}
const bin = 'host'

describe('formatCommand', () => {
  it('adds the flags of the connection in use, as far as the command has them', () => {
    expect(formatCommand({ bin, source }, ['auth login', '--otp-stdin'])).toBe(
      'host auth login --otp-stdin --profile work --base-url http://127.0.0.1:8765',
    )
    expect(formatCommand({ bin, source }, ['auth logout'])).toBe('host auth logout --profile work')
    expect(formatCommand({ bin, source }, ['grants', 'password'])).toBe('host grants password')
  })

  it("adds no flags for the default profile and the profile's own base URL", () => {
    const client = { kind: 'developer', id: 'particle' } as const
    const signIn = {
      baseUrl: 'http://127.0.0.1:8765',
      client,
      subject: 'owner',
      store: 'file',
      key: 'k',
    } as const
    const own = { ...source, chosenBy: 'profiles', name: 'default', profile: { signIn } } as const
    expect(formatCommand({ bin, source: own }, ['auth login'])).toBe('host auth login')
  })

  it('joins the words of the id as the program does, and quotes arguments', () => {
    const call = ['auth mfa forget', '--username', "o'neil&co"] as const
    expect(formatCommand({ bin, topicSeparator: ':' }, call)).toBe("host auth:mfa:forget --username 'o'\\''neil&co'")
  })
})
