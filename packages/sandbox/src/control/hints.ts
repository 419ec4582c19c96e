import type { Call } from '../call.ts'
import type { World } from '../model/world.ts'
import { clientCredentials } from '../oauth/client.ts'
import type { Rule } from './rule.ts'
import { tokenEndpointRules } from './token-hints.ts'

/** What newcomers get wrong elsewhere: first the ways to miss a path. */
const apiRules: readonly Rule[] = [
  {
    when: ({ status, call }) => status === 404 && call.path.includes('//'),
    hint: 'Two slashes in the path: the base URL ends in one too much. It is the address alone, as http://127.0.0.1:8765.',
  },
  {
    when: ({ status, call }) => status === 404 && hasPathTwice(call.path),
    hint: 'The base URL has a path too much: it is the address alone, as http://127.0.0.1:8765, and the path comes behind it.',
  },
  {
    when: ({ status, call }) => status === 404 && call.path.startsWith('/oauth'),
    hint: 'The token endpoint is /oauth/token, and there is nothing else under /oauth.',
  },
  {
    when: ({ call }) => call.query.has('access_token'),
    hint: 'A token in the URL ends up in logs, and the service refuses it for accounts made after December 2024: use the Authorization header.',
  },
  {
    when: ({ error, call }) => error === 'invalid_request' && !call.headers.has('authorization'),
    hint: 'Send the token as Authorization: Bearer …',
  },
  {
    when: ({ status }) => status === 404,
    hint: 'The sandbox has the token endpoint, /v1/access_tokens (but not the list), /v1/user, /v1/devices and /v1/products/PRODUCT/customers.',
  },
]

/** A path behind another: `/oauth/token/oauth/token`, `/v1/oauth/token`, `/oauth/token/v1/devices`, `/v1/v1/user`. */
function hasPathTwice(path: string): boolean {
  return /.\/oauth\/token|^\/oauth\/token\/.|.\/v1\//.test(path)
}

/** A sentence on what may have been meant, for the terminal and the journal. Never sent to the client. */
export function hintFor(
  world: World,
  call: Call,
  answer: { status: number; error: string | undefined },
): string | undefined {
  const situation = {
    ...answer,
    call,
    world,
    grantType: call.form.get('grant_type') ?? '',
    client: world.clients.get(clientCredentials(call).id ?? ''),
  }
  const rules = /^\/oauth\/token\/?$/.test(call.path) ? tokenEndpointRules : apiRules
  return rules.find(({ when }) => when(situation))?.hint
}
