import { sources, tokenRequest } from '@particle-grants/core/reference'
import type { GeneratedFile } from '../page.ts'
import { callPaths } from './calls.ts'
import type { Schema } from './schema.ts'
import { errorResponses, tokenOperation, tokenSchemas } from './token-endpoint.ts'

/** The token endpoint and the calls around it, as OpenAPI 3.1. */
export function openApi(): Schema {
  return {
    openapi: '3.1.0',
    info: {
      title: "Particle's token endpoint, and the calls around it",
      version: sources.server_source.lookedAt,
      summary: 'Unofficial, and not tried against the live service.',
      description:
        'Made by Particle Grants from its catalogue of grants and errors. `x-known-from` says where a fact is known from.',
      license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
    },
    servers: [{ url: new URL(tokenRequest.url).origin, description: 'The Particle Device Cloud' }],
    tags: [
      { name: 'Tokens', description: 'Asking for tokens, looking at them, revoking them.' },
      { name: 'Around', description: 'The account, its MFA, customers, and a call to use a token on.' },
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

/** The document as a file of the site. */
export function openApiFile(): GeneratedFile {
  return { path: 'public/openapi.json', text: `${JSON.stringify(openApi(), undefined, 2)}\n` }
}
