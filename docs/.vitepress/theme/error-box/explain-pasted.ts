import {
  isTokenEndpointError,
  parseTokenResponse,
  type TokenResponse,
  tokenEndpointErrors,
} from '@particle-grants/core/protocol'
import {
  apiErrors,
  type ErrorCodeExplanation,
  explainErrorCode,
  findErrorAnchor,
  libraryErrorReferences,
  otherError,
} from '@particle-grants/reference'
import { exampleRequest } from '../chooser/request.ts'
import { findMfaToken, valueDefinitions } from '../samples/values.ts'
import { explainGrantType, explainStatus, explainUnexpected, explainUnreadable, grantLink } from './explain-alone.ts'
import { type Explained, toReadable } from './explained.ts'
import { nextRequests } from './next-requests.ts'
import { isApiError, readPasted } from './read-pasted.ts'

const harmless = new Set(['error', 'error_description', 'token_type', 'expires_in', 'ok', 'info'])

/** Explains a response of the token endpoint as core parses it; `undefined` for an empty text. */
export function explainPasted(text: string): Explained | undefined {
  const pasted = readPasted(text)
  if (pasted.type === 'nothing') return undefined
  if (pasted.type === 'code') return explainCode({ ...pasted, fields: [] })
  if (pasted.type === 'grant') return explainGrantType(pasted.name)
  if (pasted.type === 'status') return explainStatus(pasted.status)
  const fields = parseFields(pasted.body)
  const status = pasted.status ?? guessStatus(fields)
  const shown = fields.map(([name, value]) => ({ name: toReadable(name), value: toShown(name, value) }))
  if (status === undefined) return explainUnreadable(pasted.body, shown)
  const response = parseTokenResponse({
    status,
    headers: { get: (name) => pasted.headers.get(name.toLowerCase()) ?? null },
    body: new TextEncoder().encode(pasted.body),
  })
  return explainResponse(response, pasted, shown)
}

function explainResponse(
  response: TokenResponse,
  { status, body }: { status: number | undefined; body: string },
  fields: Explained['fields'],
): Explained {
  switch (response.type) {
    case 'error':
      return explainCode({ code: response.error, description: response.description, fields, status })
    case 'mfa_required':
      return explainCode({ code: 'mfa_required', fields, status, mfaToken: findMfaToken(body) })
    case 'success':
      return explainTokens(fields)
    case 'unexpected': {
      const { advice, reasons } = libraryErrorReferences.unexpected_response
      return explainUnexpected({
        meaning: [...(status === undefined ? [] : [`Status ${status}.`]), reasons[response.reason].meaning],
        advice,
        fields,
      })
    }
  }
}

interface FoundError {
  readonly code: string
  readonly description?: string | undefined
  readonly fields: Explained['fields']
  readonly status?: number | undefined
  readonly mfaToken?: string | undefined
}

function explainCode({ code, description, fields, status, mfaToken }: FoundError): Explained {
  const explanation = explainErrorCode(code, description)
  const link = `/errors#${findErrorAnchor(code, description)}`
  const shown = { heading: `${toReadable(code)}${status === undefined ? '' : `, status ${status}`}`, fields }
  if (isApiError(code)) {
    const { meaning, advice } = apiErrors[code]
    const links = [
      { text: 'Which token may do what', link: '/guides/choose' },
      { text: `More about ${code}`, link: `/errors#${code}` },
    ]
    return { ...shown, meaning: [meaning.text], advice: [advice], nextRequest: toRequest(code), links }
  }
  if (explanation === undefined) {
    const { meaning, advice } = otherError
    return { ...shown, meaning: [meaning], advice: [advice], links: [{ text: 'Other errors', link }] }
  }
  const isUnusual = mfaToken === undefined && fields.some(({ name }) => name === 'mfa_token')
  return {
    ...shown,
    ...describe(explanation),
    ...(isUnusual && { advice: ['Put the `mfa_token` into the request yourself: its form is unexpected.'] }),
    ...(isTokenEndpointError(code) && { nextRequest: toRequest(code) }),
    ...(mfaToken !== undefined && {
      filledRequest: exampleRequest('urn:custom:mfa-otp', 'developer', { mfa_token: mfaToken }),
    }),
    links: findLinks(explanation, link),
  }
}

/** Returns the next request. The reader's `mfa_token` is not in it: no example may look like it. */
function toRequest(code: keyof typeof nextRequests): string {
  return nextRequests[code].command.replace(valueDefinitions.mfaToken.replaces[0], 'YOUR_MFA_TOKEN')
}

function describe({ tokenEndpoint, library, cause }: ErrorCodeExplanation): Pick<Explained, 'meaning' | 'advice'> {
  if (tokenEndpoint === undefined)
    return { meaning: library ? [library.when, library.effect] : [], advice: library?.advice ?? [] }
  const causes = tokenEndpoint.causes.map(({ when }) => when)
  return {
    meaning: cause
      ? [tokenEndpoint.meaning, cause.when]
      : [tokenEndpoint.meaning, ...(causes.length > 1 ? ['Known causes:'] : []), ...causes],
    advice: [cause?.advice ?? tokenEndpoint.advice],
  }
}

function findLinks({ code, tokenEndpoint, cause }: ErrorCodeExplanation, link: string): Explained['links'] {
  const own = { text: cause ? `More about this cause of ${code}` : `More about ${code}`, link }
  if (tokenEndpoint?.nextGrant !== undefined) return [grantLink(tokenEndpoint.nextGrant), own]
  if (code === 'sso_user') return [{ text: 'Accounts with SSO', link: '/guides/sso' }, own]
  const others = cause === undefined ? (tokenEndpoint?.causes ?? []) : []
  return [own, ...others.map(({ anchor }) => ({ text: anchor, link: `/errors#${anchor}` }))]
}

function explainTokens(fields: Explained['fields']): Explained {
  return {
    heading: 'Tokens',
    fields,
    meaning: ['The request succeeded.', 'Whether the refresh token works depends on the client.'],
    advice: ['You pasted tokens. They have not left this page, but clear the box.'],
    links: [
      { text: 'How long tokens live', link: '/reference/token-life' },
      { text: 'The refresh_token grant', link: '/grants/refresh-token' },
    ],
  }
}

/** Guesses a missing status from the error code, or from tokens. Anything else can have any status. */
function guessStatus(fields: readonly (readonly [string, unknown])[]): number | undefined {
  const error = fields.find(([name]) => name === 'error')?.[1]
  if (typeof error !== 'string') return fields.some(([name]) => name === 'access_token') ? 200 : undefined
  return isTokenEndpointError(error) ? tokenEndpointErrors[error].status : 400
}

function parseFields(body: string): [string, unknown][] {
  try {
    const value: unknown = JSON.parse(body)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value) : []
  } catch {
    return []
  }
}

function toShown(name: string, value: unknown): string {
  if (typeof value === 'number' || typeof value === 'boolean' || value === null) return String(value)
  return harmless.has(name) && typeof value === 'string' ? toReadable(value) : '[hidden]'
}
