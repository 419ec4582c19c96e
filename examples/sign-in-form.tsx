// Shows the password form, then the code form if the account has MFA, then the children.
import type { DeveloperSession } from '@particle-grants/core'
import { type FormEvent, type ReactNode, useState, useSyncExternalStore } from 'react'

export function SignIn({ session, children }: { session: DeveloperSession; children: ReactNode }) {
  const state = useSyncExternalStore(session.subscribe, session.getState, session.getState)
  const [problem, setProblem] = useState('')

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    const form = Object.fromEntries(new FormData(event.currentTarget)) as Record<string, string>
    const { username = '', password = '', code } = form
    setProblem('')
    try {
      await (code === undefined ? session.login({ username, password }) : session.submitOtp(code))
    } catch (error) {
      setProblem((error as Error).message)
    }
  }

  if (state.status === 'signed_in') return children
  // A code that is being checked keeps its form on the screen.
  const isRequesting = state.status === 'requesting'
  const isCode = isRequesting ? state.grantType === 'urn:custom:mfa-otp' : state.status === 'mfa_required'
  return (
    <form onSubmit={submit}>
      {isCode ? (
        <input key="code" name="code" placeholder="Code" autoComplete="one-time-code" />
      ) : (
        <>
          <input name="username" placeholder="Email" type="email" autoComplete="username" />
          <input name="password" placeholder="Password" type="password" autoComplete="current-password" />
        </>
      )}
      <input type="submit" value="Sign in" disabled={isRequesting} />
      <p role="alert">{problem}</p>
    </form>
  )
}
