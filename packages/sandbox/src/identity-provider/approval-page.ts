import { formType, type ParsedRequest } from '../http/request.ts'
import type { HttpResponse } from '../http/response.ts'
import type { SandboxState } from '../state/state.ts'
import { createSsoControl, listSsoAccounts } from './approval.ts'

const path = '/activate'

export function isApprovalPage(request: ParsedRequest): boolean {
  return request.path === path && /^(GET|HEAD|POST)$/.test(request.method)
}

/** Handles the page where a person signs in with the code that a program shows (RFC 8628, section 3.3). */
export function handleApprovalRequest({ method, query, form, contentType }: ParsedRequest, state: SandboxState) {
  if (method !== 'POST') return showForm(state, query.get('user_code') ?? '')
  const userCode = form.get('user_code') ?? ''
  try {
    if (contentType !== formType) throw new TypeError('Send a form')
    const { approve, deny } = createSsoControl(() => state)
    if (form.get('decision') === 'deny') deny(userCode)
    else approve(userCode, { username: form.get('username') ?? '' })
    return page(200, '<p>Done. You can close this page and return to the program.</p>')
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    return page(400, `<p>${escapeHtml(error.message)}.</p>`)
  }
}

function showForm(state: SandboxState, userCode: string): HttpResponse {
  const options = listSsoAccounts(state).map(({ username }) => `<option>${escapeHtml(username)}</option>`)
  return page(
    200,
    `<form method="post" action="${path}">
<p><label>Code that the program shows<br><input name="user_code" value="${escapeHtml(userCode)}" required></label></p>
<p><label>Account<br><select name="username">${options.join('')}</select></label></p>
<p><button name="decision" value="approve">Sign in</button> <button name="decision" value="deny">Refuse</button></p>
</form>
<p>Sign in only if you started the program yourself, and it shows this code.</p>`,
  )
}

function page(status: number, content: string): HttpResponse {
  const headers = {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': "default-src 'none'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    'x-content-type-options': 'nosniff',
    // With `no-referrer` a browser would send the form with the origin `null`, which is rejected.
    'referrer-policy': 'same-origin',
    'cache-control': 'no-store',
  }
  const body = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Company sign-in · Particle sandbox</title>
<h1>Company sign-in</h1>
${content}
</html>
`
  return { status, headers, body }
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}
