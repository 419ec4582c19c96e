import type { Stage } from '../generator/exchange/exchange.ts'

/** Returns the environment variables that a sample takes its secrets from, and no others. */
export function secretsFor(text: string, { sandbox, placeholders }: Stage): Record<string, string> {
  const username = /(?:--username |-u |username[=:] ?'?|customer=)(\w+@[\w.]+)/.exec(text)?.[1]
  const account = sandbox.accounts.find((one) => one.username === (username ?? 'dev@example.com'))
  const password = account?.password ?? ''
  const clientSecret = /my-scripts|userClient/.test(text) ? 'user-client-secret' : 'product-secret'
  const all = {
    PASSWORD: password,
    PARTICLE_PASSWORD: password,
    CODE: sandbox.otp('mfa@example.com'),
    TOTP_KEY: account?.mfa?.secret ?? '',
    RECOVERY_CODE: 'a1b2-c3d4-e5f6',
    PARTICLE_RECOVERY_CODE: 'a1b2-c3d4-e5f6',
    CLIENT_SECRET: clientSecret,
    PARTICLE_CLIENT_SECRET: clientSecret,
    PARTICLE_REFRESH_TOKEN: placeholders.reveal('89abcdef0123456789abcdef0123456789abcdef'),
  }
  return Object.fromEntries(
    Object.entries(all).filter(([name]) => new RegExp(`(?:\\$|env\\.)\\{?${name}\\b`).test(text)),
  )
}
