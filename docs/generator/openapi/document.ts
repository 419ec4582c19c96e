import { sources, tokenRequest } from '@particle-grants/reference'
import type { GeneratedFile } from '../page.ts'
import { callPaths } from './calls.ts'
import type { Schema } from './schema.ts'
import { errorResponses, tokenOperation, tokenSchemas } from './token-endpoint.ts'

/** Returns the token endpoint and the other calls as OpenAPI 3.1. */
export function openApi(): Schema {
  return {
    openapi: '3.1.0',
    info: {
      title: "Particle's token endpoint, and other calls",
      version: sources.server_source.checkedOn,
      summary: 'Unofficial, and not tested against the live service.',
      description: 'Generated from the reference of Particle Grants. `x-known-from` names the sources of a fact.',
      license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
    },
    servers: [{ url: new URL(tokenRequest.url).origin, description: 'The Particle Device Cloud' }],
    tags: [
      { name: 'Tokens', description: 'Requesting, reading and revoking tokens.' },
      {
        name: 'Accounts',
        description: 'The account, MFA, customers, clients, and a call that uses a token.',
      },
    ],
    paths: { [tokenRequest.path]: { post: tokenOperation() }, ...callPaths() },
    components: {
      securitySchemes: {
        client: { type: 'http', scheme: 'basic', description: "The OAuth client's id and secret." },
        account: { type: 'http', scheme: 'basic', description: "The account's username and password." },
        token: { type: 'http', scheme: 'bearer', description: 'An access token.' },
      },
      schemas: tokenSchemas(),
      responses: errorResponses(),
    },
  }
}

/** Returns the document as a file of the site. */
export function openApiFile(): GeneratedFile {
  return { path: 'public/openapi.json', text: `${JSON.stringify(openApi(), undefined, 2)}\n` }
}
