import { createSandbox } from '@particle-grants/sandbox'
import { describe, expect, it } from 'vitest'
import { basic } from '../../test/raw-http.ts'
import { clients, dev, requestToken } from '../../test/token-requests.ts'

const unknownClient = 'Client credentials are invalid'
const noId = 'Invalid or missing client_id parameter'
const noSecret = 'Missing client_secret parameter'
const inBody = { client_id: 'particle', client_secret: 'particle' }

async function descriptionFor(authorization: string, form: Record<string, string> = {}) {
  const { body } = await requestToken(createSandbox(), authorization, {
    grant_type: 'password',
    ...dev,
    ...form,
  })
  return body.error_description ?? 'signed in'
}

describe('the client of a token request', () => {
  it.each([
    ['Basic is used instead of the form', clients.developer, { client_id: 'unknown', client_secret: 'x' }, 'signed in'],
    ['the form does not replace a wrong Basic', basic('particle', 'wrong'), inBody, unknownClient],
    ['the form does not replace an empty Basic secret', basic('particle', ''), inBody, noSecret],
    ['the form does not replace an empty Basic id', basic('', 'particle'), inBody, noId],
    ['Basic without a colon is ignored', `Basic ${btoa('particle')}`, inBody, 'signed in'],
    ['Basic with invalid characters is ignored', 'Basic cGFy!GljbGU=', inBody, 'signed in'],
    ['Basic with a line break in the secret is ignored', `Basic ${btoa('particle:par\nticle')}`, {}, noId],
    ['a Bearer header does not replace the form', 'Bearer abc', inBody, 'signed in'],
    ['the scheme can have any case and several spaces', `bAsIc   ${btoa('particle:particle')}`, {}, 'signed in'],
    ['base64 without padding is accepted', `Basic ${btoa('particle:particle').replace(/=/g, '')}`, {}, 'signed in'],
    ['a client id that is too long is malformed', basic('a'.repeat(41), 'x'), {}, noId],
    ['a client id with another character is malformed', basic('par.ticle', 'x'), {}, noId],
    ['client ids are case-sensitive', basic('Particle', 'particle'), {}, unknownClient],
    ['Basic is not percent-decoded', basic('particle', '%70article'), {}, unknownClient],
    ['an id with percent signs is malformed', basic('my%2Dproduct%2D1234', 'product-secret'), {}, noId],
  ])('%s', async (...[_title, authorization, form, description]) => {
    expect(await descriptionFor(authorization, form)).toBe(description)
  })

  it('is rejected if its id is repeated in the form', async () => {
    const response = await createSandbox().fetch('http://sandbox.test/oauth/token', {
      method: 'POST',
      body: new URLSearchParams([['grant_type', 'password'], ...Object.entries(inBody), ['client_id', 'particle']]),
    })
    expect(await response.json()).toEqual({ error: 'invalid_client', error_description: noId })
  })

  it.each(['a:b:c', 'pfläume ✓', 'plus+and%20percent', ' space '])('can have the secret "%s"', async (secret) => {
    const sandbox = createSandbox({
      clients: [{ id: 'odd-client', secret, kind: 'user', owner: 'dev@example.com' }],
    })
    const form = { grant_type: 'client_credentials' }
    expect((await requestToken(sandbox, basic('odd-client', secret), form)).status).toBe(200)
    expect((await requestToken(sandbox, '', { ...form, client_id: 'odd-client', client_secret: secret })).status).toBe(
      200,
    )
  })
})
