import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { everyError } from '../../test/errors.ts'
import { GrantsError } from './grants-error.ts'
import { messages } from './messages.ts'

describe('what the errors say', () => {
  it('is this', () => {
    const lines = new Set(everyError.map(({ code, message }) => `${code}: ${message}`))

    expect(`\n${[...lines].join('\n')}\n`).toMatchInlineSnapshot(`
      "
      invalid_argument: otp must be six digits. Nothing was sent; correct otp and call again.
      invalid_argument: expiresIn must be an integer of 0 or more. Nothing was sent; correct expiresIn and call again.
      insecure_base_url: http://api.example.com is not https, and not this machine: credentials would go in the clear. Use https, a loopback address for the sandbox, or for a test network [allowInsecureRequests].
      grant_not_allowed: A developer client can't use grant_type=refresh_token. Only product tokens can be refreshed. Nothing was sent; use the token until it ends, then sign in again.
      grant_not_allowed: A developer client can't use grant_type=client_credentials. Nothing was sent; use a product client, or a user client for your own account.
      grant_not_allowed: A user client can't use grant_type=refresh_token. Only product tokens can be refreshed. Nothing was sent; use the token until it ends, then sign in again.
      subject_mismatch: This session belongs to account:jane@example.com, not to account:joe@example.com. Nothing was sent; create another session, with the subject account:joe@example.com.
      step_under_way: A password request of this session still waits for its answer. Wait for it, then try again.
      no_challenge: There is no MFA challenge that this code could answer. Sign in with username and password first.
      invalid_transition: A session that is signed_out can't take granted. This is a bug in what drives the machine: answers belong to requests under way.
      code_refused: The code was refused. 2 tries are left, until 2026-11-23T12:10:00Z: wait for the authenticator's next code and send that one.
      code_refused: The code was refused. One try is left, until 2026-11-23T12:10:00Z: wait for the authenticator's next code and send that one.
      code_refused: The code was refused. One try is left, until 2026-01-01T00:00:00Z: wait for the authenticator's next code and send that one.
      code_refused: The code was refused. 2 tries are left, until 2026-01-01T00:10:00Z: wait for the authenticator's next code and send that one.
      challenge_over: Too many codes were refused. Start over with username and password.
      challenge_over: The MFA challenge is too old to be answered. Start over with username and password.
      sso_user: Particle says that this account signs in through its company's SSO. Sign in through the company's SSO in Particle's own tools, then pass the token that they give to session.adopt().
      sso_user: Particle says that this account signs in through its company's SSO: "Please use SSO". Sign in through the company's SSO in Particle's own tools, then pass the token that they give to session.adopt().
      grant_refused: Particle refused grant_type=password with invalid_grant (400): "User credentials are invalid". Ask for the credentials again, and never repeat the same ones by yourself. Ten failures in a row lock the address out for 30 minutes.
      grant_refused: Particle refused grant_type=client_credentials with invalid_scope (400). Ask for a scope that exists, or for a customer whom this product knows.
      grant_refused: Particle refused grant_type=password with out_of_cheese (418). This error code is not known to Particle Grants. Do not repeat the request unchanged.
      grant_refused: Particle refused grant_type=password with invalid_client (400): "No". Check the client's id and secret, that this grant is allowed for it, and that username and password are not empty.
      rate_limited: Particle answers no more token requests from this address for now (429). Wait before the next attempt: half an hour when nothing else is said. Ten failures in a row lock the address out for 30 minutes.
      rate_limited: Particle answers no more token requests from this address for now (429). Wait 120 s before the next attempt.
      rate_limited: Particle answers no more token requests from this address for now (429). Wait 60 s before the next attempt.
      temporarily_unavailable: Particle could not serve the token request: server_error (503). Try again later. Whether the service acted on the request is not known.
      temporarily_unavailable: Particle could not serve the token request: server_error (503). Wait 60 s before the next attempt.
      temporarily_unavailable: Particle could not serve the token request: server_error (503). Try again later. Whether the service acted on the request is not known. The recovery code may be spent all the same: if it is refused next time, take another.
      temporarily_unavailable: Particle could not serve the token request: server_error (503). Wait 60 s before the next attempt. The recovery code may be spent all the same: if it is refused next time, take another.
      unexpected_answer: What answers at https://api.particle.io is not Particle's token endpoint: status 502 and an HTML page. Check the base URL and any proxy on the way. Tokens in hand were kept.
      unexpected_answer: What answers at https://api.particle.io is not Particle's token endpoint: status 302 and a redirect, which is never followed. Check the base URL and any proxy on the way. Tokens in hand were kept.
      unexpected_answer: What answers at https://proxy.example.com is not Particle's token endpoint: status 200 and a redirect, which is never followed. Check the base URL and any proxy on the way. Tokens in hand were kept.
      unexpected_answer: What answers at https://proxy.example.com is not Particle's token endpoint: status 200 and more than 1 MiB. Check the base URL and any proxy on the way. Tokens in hand were kept.
      unexpected_answer: What answers at https://proxy.example.com is not Particle's token endpoint: status 200 and an empty body. Check the base URL and any proxy on the way. Tokens in hand were kept.
      unexpected_answer: What answers at https://proxy.example.com is not Particle's token endpoint: status 200 and a body that is not UTF-8. Check the base URL and any proxy on the way. Tokens in hand were kept.
      unexpected_answer: What answers at https://proxy.example.com is not Particle's token endpoint: status 200 and an HTML page. Check the base URL and any proxy on the way. Tokens in hand were kept.
      unexpected_answer: What answers at https://proxy.example.com is not Particle's token endpoint: status 200 and JSONP. Check the base URL and any proxy on the way. Tokens in hand were kept.
      unexpected_answer: What answers at https://proxy.example.com is not Particle's token endpoint: status 200 and a body that is not JSON. Check the base URL and any proxy on the way. Tokens in hand were kept.
      unexpected_answer: What answers at https://proxy.example.com is not Particle's token endpoint: status 200 and JSON, but no object. Check the base URL and any proxy on the way. Tokens in hand were kept.
      unexpected_answer: What answers at https://proxy.example.com is not Particle's token endpoint: status 200 and JSON without an error code. Check the base URL and any proxy on the way. Tokens in hand were kept.
      unexpected_answer: What answers at https://proxy.example.com is not Particle's token endpoint: status 200 and a body that contradicts its status. Check the base URL and any proxy on the way. Tokens in hand were kept.
      unexpected_answer: What answers at https://proxy.example.com is not Particle's token endpoint: status 200 and a field of the wrong type. Check the base URL and any proxy on the way. Tokens in hand were kept.
      no_answer: No answer from http://127.0.0.1:8765 to the password request (ECONNREFUSED). Check base URL and network, then try again.
      no_answer: No answer from https://api.particle.io to the urn:custom:mfa-otp request in time. Check base URL and network. What was sent is good once and may be spent: do not send it again.
      scope_mismatch: The answer's scope is not for customer:jane@example.com; its tokens were dropped. Check the name of the customer and the product of the client.
      not_signed_in: This session is not signed in. Sign in first.
      mfa_required: The sign-in waits for its second factor. Call submitOtp() with the six digits that the authenticator shows. 3 tries are left, until 2026-11-23T12:10:00Z.
      mfa_required: The sign-in waits for its second factor. Call submitOtp() with the six digits that the authenticator shows. One try is left, until +275760-09-13T00:00:00Z.
      mfa_required: The sign-in waits for its second factor. Call submitOtp() with the six digits that the authenticator shows. 3 tries are left, until the end of time.
      not_renewable: A developer's token can't be renewed, whatever refresh_token came with it. Its end is 2027-02-21T12:00:00Z: sign in again by then.
      not_renewable: This token of a user client can't be renewed: whether the service refreshes it is not known. Its end is 2027-02-21T12:00:00Z: sign in again by then.
      not_renewable: An adopted token came from elsewhere and is never renewed. Its end is 2027-02-21T12:00:00Z: sign in again by then.
      not_renewable: This token never expires: there is nothing to renew. Go on using it.
      not_renewable: No refresh token came with this token, or it is spent. Its end is 2027-02-21T12:00:00Z: sign in again by then.
      not_renewable: Renewing was refused before. Correct what was refused, then call renew(). Its end is 2027-02-21T12:00:00Z: sign in again by then.
      not_renewable: A developer's token can't be renewed, whatever refresh_token came with it. Its end is 2026-01-01T00:00:00Z: sign in again by then.
      not_renewable: This token of a user client can't be renewed: whether the service refreshes it is not known. Its end is 2026-01-01T00:00:00Z: sign in again by then.
      not_renewable: An adopted token came from elsewhere and is never renewed. Its end is 2026-01-01T00:00:00Z: sign in again by then.
      not_renewable: No refresh token came with this token, or it is spent. Its end is 2026-01-01T00:00:00Z: sign in again by then.
      not_renewable: Renewing was refused before. Correct what was refused, then call renew(). Its end is 2026-01-01T00:00:00Z: sign in again by then.
      request_not_replayable: POST https://api.particle.io/v1/binaries was refused for its token and can't be sent again: its body was a stream. The call did not go through. Send it again with a fresh stream; the token is renewed.
      reauthentication_required: The token has expired, and it was of a kind that nobody can renew. Sign in again.
      reauthentication_required: The API refused the token: it was revoked, or replaced. Sign in again.
      reauthentication_required: The token could not be renewed: its refresh token was refused. Sign in again.
      reauthentication_required: The token could not be renewed: the answer to a refresh was lost on the way, and with it the next refresh token. Sign in again.
      revocation_failed: The access token could not be revoked: no answer. It was forgotten here and stays valid at Particle until it expires.
      revocation_failed: The access token could not be revoked: no confirmation (503). It was forgotten here and stays valid at Particle until it expires.
      revocation_failed: The access token could not be revoked: no confirmation (500). It was forgotten here and stays valid at Particle until it expires.
      aborted: The call was aborted before anything was sent. Call again when it is wanted after all.
      failure_budget_spent: 5 token requests have failed or may have failed since the last success; ten in a row lock the address out. Nothing was sent. Check the credentials, or the network where no answers came; the next attempt is allowed at 2026-11-23T12:10:00Z.
      failure_budget_spent: 9 token requests have failed or may have failed since the last success; ten in a row lock the address out. Nothing was sent. Check the credentials, or the network where no answers came; sign in once by other means, then call resetFailureBudget().
      refused_before: The same request of the client my-product-1234 was refused before; by itself nobody repeats it. Nothing was sent; correct the secret or the customer, or call authorize() or renew() once that may succeed.
      refused_before: The same request of the client my-product-1234 (customer=jane@example.com) was refused before; by itself nobody repeats it. Nothing was sent; correct the secret or the customer, or call authorize() or renew() once that may succeed.
      renewal_postponed: The token has run out, and renewing it failed 2 times in a row, at last with no_answer. Call again at 2026-11-23T12:10:00Z or later; then it is tried again.
      renewal_postponed: The token has run out, and renewing it failed once, at last with no_answer. Call again at 2026-01-01T00:00:00Z or later; then it is tried again.
      renewal_postponed: The token has run out, and renewing it failed 2 times in a row, at last with no_answer. Call again at 2026-01-01T00:00:00Z or later; then it is tried again.
      wait_timeout: No token within 30 s. The renewal goes on; call again, or allow more time.
      invalid_state: The serialised state can't be used: it is not JSON. Sign in again, or pass the state that serializeState gave for this session.
      unsettled_state: A session that is requesting can't be serialised. Wait until the request under way is answered.
      store_conflict: Another process saved or removed this record in the meantime. Load it again and go on from there.
      store_failed: The store failed (load). See the cause. What this session holds in memory is unchanged.
      store_failed: The store failed (save). See the cause. What this session holds in memory is unchanged.
      store_failed: The store failed (remove). See the cause. What this session holds in memory is unchanged.
      store_failed: The store failed (lock). See the cause. What this session holds in memory is unchanged.
      store_unavailable: The Redis store can't be used: the connection was closed. Start it, and call again.
      store_damaged: The record at session.json can't be read: it is not JSON. Sign in again.
      store_damaged: The record at session.json can't be read: it is not JSON. Sign in again; what was there is kept at session.json.damaged until you log out.
      lock_timeout: Another process has held this session's lock for 30 s. Try again; if it lasts, look for a process of yours that hangs.
      "
    `)
  })

  it('is shown above for each of them', () => {
    expect([...new Set(everyError.map(({ code }) => code))].sort()).toEqual(Object.keys(messages).sort())
  })

  it.each(everyError.map((error) => ({ error, code: error.code, details: error.details })))(
    'is whole sentences on one line: $code, $details',
    ({ error }) => {
      const quoted = error.message.replace(/"[^"]*"/g, '"…"')

      expect(quoted).toMatch(/^\S.*[.]$/)
      expect(quoted).not.toMatch(/undefined|null|NaN|\[object|\n| {2}|\.\.|\d{13}/)
      expect(error.message).toContain(error.remedy)
      expect(error.remedy).toMatch(/^[A-Z\d].*[.]$/)
    },
  )

  it('is said whatever the time and the numbers', () => {
    const number = fc.double()

    fc.assert(
      fc.property(number, number, (triesLeft, time) => {
        expect(new GrantsError('code_refused', { triesLeft, endsAt: time }).message).not.toBe('')
        expect(new GrantsError('mfa_required', { triesLeft, endsAt: time }).message).not.toBe('')
        expect(
          new GrantsError('not_renewable', { reason: 'developer_token', expiresAt: time }).message,
        ).not.toBe('')
      }),
    )
  })

  it.each([
    [0, '1970-01-01T00:00:00Z'],
    [-1, '1969-12-31T23:59:59Z'],
    [253_402_300_800_000, '+010000-01-01T00:00:00Z'],
    [8.64e15, '+275760-09-13T00:00:00Z'],
    [8.64e15 + 1, 'the end of time'],
    [Number.NaN, 'the end of time'],
  ])('names the time %s as %s', (expiresAt, named) => {
    expect(new GrantsError('not_renewable', { reason: 'developer_token', expiresAt }).message).toContain(
      named,
    )
  })
})
