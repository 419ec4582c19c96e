import { createSandbox } from '@particle-grants/sandbox'
import { describe, expect, it } from 'vitest'
import { basic } from '../../test/raw-http.ts'
import { ask, clients, dev } from '../../test/token-requests.ts'

const unknownClient = 'Client credentials are invalid'
const noId = 'Invalid or missing client_id parameter'
const noSecret = 'Missing client_secret parameter'
const inBody = { client_id: 'particle', client_secret: 'particle' }

async function descriptionFor(authorization: string, form: Record<string, string> = {}) {
  const { body } = await ask(createSandbox(), authorization, { grant_type: 'password', ...dev, ...form })
  return body.error_description ?? 'signed in'
}

describe('the client of a token request', () => {
  it.each([
    ['Basic wins over the form', clients.developer, { client_id: 'nobody', client_secret: 'x' }, 'signed in'],
    ['a wrong Basic is not saved by the form', basic('particle', 'wrong'), inBody, unknownClient],
    ['an empty Basic secret is not filled from the form', basic('particle', ''), inBody, noSecret],
    ['an empty Basic id is not filled from the form', basic('', 'particle'), inBody, noId],
    ['Basic without a colon is no Basic', `Basic ${btoa('particle')}`, inBody, 'signed in'],
    ['Basic with foreign signs is no Basic', 'Basic cGFy!GljbGU=', inBody, 'signed in'],
    ['a line break in a secret makes it no Basic', `Basic ${btoa('particle:par\nticle')}`, {}, noId],
    ['a Bearer header leaves the form', 'Bearer abc', inBody, 'signed in'],
    ['the scheme ignores case and blanks', `bAsIc   ${btoa('particle:particle')}`, {}, 'signed in'],
    [
      'base64 without padding is read',
      `Basic ${btoa('particle:particle').replace(/=/g, '')}`,
      {},
      'signed in',
    ],
    ['a client id that is too long is malformed', basic('a'.repeat(41), 'x'), {}, noId],
    ['a client id with a foreign sign is malformed', basic('par.ticle', 'x'), {}, noId],
    ['client ids mind case', basic('Particle', 'particle'), {}, unknownClient],
    ['Basic is not percent-decoded', basic('particle', '%70article'), {}, unknownClient],
  ])('%s', async (...[_title, authorization, form, description]) => {
    expect(await descriptionFor(authorization, form)).toBe(description)
  })

  it('is not found when its id is repeated in the form', async () => {
    const response = await createSandbox().fetch('http://sandbox.test/oauth/token', {
      method: 'POST',
      body: new URLSearchParams([
        ['grant_type', 'password'],
        ...Object.entries(inBody),
        ['client_id', 'particle'],
      ]),
    })
    expect(await response.json()).toEqual({ error: 'invalid_client', error_description: noId })
  })

  it.each(['a:b:c', 'pfläume ✓', 'plus+and%20percent', ' blank '])(
    'may have the secret "%s"',
    async (secret) => {
      const sandbox = createSandbox({
        clients: [{ id: 'odd-client', secret, kind: 'user', owner: 'dev@example.com' }],
      })
      const form = { grant_type: 'client_credentials' }
      expect((await ask(sandbox, basic('odd-client', secret), form)).status).toBe(200)
      expect(
        (await ask(sandbox, '', { ...form, client_id: 'odd-client', client_secret: secret })).status,
      ).toBe(200)
    },
  )

  it('may have any secret as a developer client where that is set, and still needs one', async () => {
    const sandbox = createSandbox({ checkDeveloperSecret: false })
    const form = { grant_type: 'password', ...dev }
    expect((await ask(sandbox, basic('particle', 'anything'), form)).status).toBe(200)
    expect((await ask(sandbox, basic('particle', ''), form)).body.error_description).toBe(noSecret)
    const product = await ask(sandbox, basic('my-product-1234', 'anything'), form)
    expect(product.body.error_description).toBe(unknownClient)
  })
})
