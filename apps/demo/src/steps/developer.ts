import { createSession, developerClient, type ProductSession, type Session } from '@particle-grants/core'
import { catchError, type Demo } from '../demo.ts'
import { sendRefreshToken } from './report.ts'

const account = { username: 'mfa@example.com', password: 'battery staple' }

/** Signs a developer in with MFA. */
export async function signIn({ print, sandbox, connection, check, watch }: Demo): Promise<Session> {
  print.heading('The same sign-in with the library, @particle-grants/core')
  print.say('The library sends the same requests. mfa_required is a state, not an error.')
  print.code(
    'const session = createSession({ client: developerClient() })',
    'await session.login({ username, password })',
  )
  const session = createSession({ client: developerClient(), ...connection })
  await watch(() => session.login(account), session)
  check('login() resolves: a code is expected', session.state.status === 'mfa_required')

  sandbox.clock.advance('30s') // A code is accepted once.
  const code = sandbox.otp(account.username)
  const wrongCode = `${(Number(code) + 1) % 1_000_000}`.padStart(6, '0')
  print.code('await session.submitOtp(wrongCode)')
  await watch(async () => {
    const { code: errorCode, message } = await catchError(session.submitOtp(wrongCode))
    check(`${errorCode}: ${message}`, errorCode === 'invalid_code')
  }, session)

  print.code('await session.submitOtp(code)', "await session.fetch('/v1/devices')")
  const requests = await watch(async () => {
    await session.submitOtp(code)
    await session.fetch('/v1/devices')
  }, session)
  check('the API accepts the token', requests.at(-1)?.status === 200)
  return session
}

/** Refuses to refresh a developer's token, and shows why. */
export async function refuseRefresh(demo: Demo, session: Session, refreshToken: string): Promise<void> {
  const { print, check, watch } = demo
  print.heading("A developer's token cannot be refreshed")
  print.say(
    'The refresh token in the response works for products only. The library neither keeps nor sends it. In TypeScript this call does not compile:',
  )
  print.code('await session.getAccessToken({ forceRefresh: true })')
  const token = session.peekAccessToken()
  const { getAccessToken } = session as ProductSession
  const requests = await watch(async () => {
    const { code, message } = await catchError(getAccessToken({ forceRefresh: true }))
    check(`${code}: ${message}`, code === 'not_renewable')
  })
  const isKept = token !== undefined && session.peekAccessToken() === token
  check('no request was sent, and the session keeps its token', requests.length === 0 && isKept)

  print.say('Sent anyway (ten failures in a row block your IP address for 30 minutes):')
  await sendRefreshToken(demo, refreshToken)
}
