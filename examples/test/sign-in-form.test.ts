import { createSession, type DeveloperSession, developerClient } from '@particle-grants/core'
import { createSandbox } from '@particle-grants/sandbox'
import { type HTMLInputElement, Window } from 'happy-dom'
import { act, createElement } from 'react'
import type { Root } from 'react-dom/client'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { SignIn } from '../sign-in-form.tsx'

const sandbox = createSandbox()
let window: Window
let root: Root
let session: DeveloperSession

beforeEach(async () => {
  sandbox.reset()
  window = new Window()
  const { document, navigator, FormData } = window
  for (const [name, value] of Object.entries({
    window,
    document,
    navigator,
    FormData,
    IS_REACT_ACT_ENVIRONMENT: true,
  }))
    vi.stubGlobal(name, value)
  session = createSession({ client: developerClient(), fetch: sandbox.fetch })
  const { createRoot } = await import('react-dom/client')
  root = createRoot(document.body as never)
  act(() => root.render(createElement(SignIn, { session, children: 'Your devices' })))
})
afterEach(async () => {
  act(() => root.unmount())
  await window.happyDOM.close()
  vi.unstubAllGlobals()
})

const fields = () =>
  [...window.document.querySelectorAll('input:not([type=submit])')].map((input) => input.getAttribute('name'))
const alert = () => window.document.querySelector('[role=alert]')?.textContent

/** `act` returns a thenable, and is typed as one. */
const actAsync = (callback: () => Promise<unknown>): Promise<void> =>
  Promise.resolve(act(async () => void (await callback())))

/** Fills the form in and submits it. */
async function submit(values: Record<string, string>): Promise<void> {
  for (const [name, value] of Object.entries(values)) {
    const input = window.document.querySelector(`input[name=${name}]`) as HTMLInputElement
    input.value = value
  }
  const form = window.document.querySelector('form')
  await actAsync(async () => {
    form?.dispatchEvent(new window.SubmitEvent('submit', { bubbles: true, cancelable: true }))
    await session.idle()
  })
}
const username = 'mfa@example.com'
const password = 'battery staple'

describe('the sign-in form', () => {
  it('shows its children after the password, without MFA', async () => {
    expect(fields()).toEqual(['username', 'password'])
    await submit({ username: 'dev@example.com', password: 'correct horse' })
    expect(window.document.body.textContent).toBe('Your devices')
  })

  it('asks for the code, also after a wrong one, and then shows its children', async () => {
    await submit({ username, password })
    expect(fields()).toEqual(['code'])
    const wrong = `${(Number(sandbox.otp(username)) + 500_000) % 1_000_000}`.padStart(6, '0')
    await submit({ code: wrong })
    expect([fields(), alert()]).toEqual([['code'], expect.stringContaining('2 attempts are left')])
    await submit({ code: sandbox.otp(username) })
    expect(window.document.body.textContent).toBe('Your devices')
  })

  it('says why a password is refused, keeps the email, and forgets the message at the next try', async () => {
    await submit({ username, password: 'wrong' })
    expect(alert()).toContain('invalid_grant')
    const email = window.document.querySelector('input[name=username]') as HTMLInputElement
    expect(email.value).toBe(username)
    await submit({ username, password })
    expect([fields(), alert()]).toEqual([['code'], ''])
  })

  it('returns to the password when the session signs out', async () => {
    await submit({ username: 'dev@example.com', password: 'correct horse' })
    await actAsync(() => session.logout())
    expect(fields()).toEqual(['username', 'password'])
  })
})
