import { type GrantType, isGrantType, tokenEndpointErrors } from '@particle-grants/core/protocol'
import {
  grantReferences,
  otherError,
  tokenEndpointErrorCodes,
  type UnsupportedGrant,
  type UnsupportedGrantId,
  unsupportedGrants,
} from '@particle-grants/reference'
import { grantPage } from '../chooser/request.ts'
import { type Explained, toReadable } from './explained.ts'

/** Explains a response that is not from the token endpoint. */
export function explainUnexpected(found: Pick<Explained, 'meaning' | 'advice' | 'fields'>): Explained {
  return {
    heading: 'Not a response of the token endpoint',
    ...found,
    links: [{ text: 'unexpected_response', link: '/errors#unexpected_response' }],
  }
}

/** Explains a text without status, `error` and tokens. It does not guess a status. */
export function explainUnreadable(body: string, fields: Explained['fields']): Explained {
  const isPage = /^\s*<(?:!doctype|\w+)/i.test(body)
  return explainUnexpected({
    meaning: [
      'It has no `error`, no `access_token` and no status.',
      ...(isPage ? ['Pages come from proxies, from a wrong address, or from a failing server.'] : []),
    ],
    advice: [
      'Paste all of the output, with the status line. If you send the request again, use `curl -i`: every refusal counts towards the lockout.',
    ],
    fields,
  })
}

/** Explains a status: the errors that have it. */
export function explainStatus(status: number): Explained {
  const codes = tokenEndpointErrorCodes.filter((code) => tokenEndpointErrors[code].status === status)
  return {
    heading: `Status ${status}`,
    fields: [],
    meaning:
      codes.length === 0
        ? ['No known error of the token endpoint has this status.']
        : ['The body says which error it is. These errors have this status:'],
    advice: ['Paste the body of the response too: its `error` decides, not the status.'],
    links: [
      ...codes.map((code) => ({ text: code, link: `/errors#${code}` })),
      { text: 'Other errors', link: `/errors#${otherError.anchor}` },
    ],
  }
}

/** Returns the link to the page of a grant. */
export function grantLink(type: GrantType): Explained['links'][number] {
  return { text: `The grant type ${type}`, link: grantPage(type) }
}

/** Explains the name of a grant type, supported or not. */
export function explainGrantType(name: string): Explained {
  if (isGrantType(name)) {
    const { title, summary } = grantReferences[name]
    const meaning = [`${title}.`, summary]
    return { heading: `${name}: a grant type`, fields: [], meaning, advice: [], links: [grantLink(name)] }
  }
  if (!Object.hasOwn(unsupportedGrants, name)) {
    return {
      heading: `${toReadable(name)}: not a grant type`,
      fields: [],
      meaning: ['No grant type of this name is known.'],
      advice: ['Compare it with the known grant types.'],
      links: [{ text: 'Grant types', link: '/grants/' }],
    }
  }
  const { facts, reason, alternative, alternativeGrant }: UnsupportedGrant =
    unsupportedGrants[name as UnsupportedGrantId]
  const page = `/reference/unsupported-grants#${name.replaceAll(':', '-')}`
  return {
    heading: `${name}: an unsupported grant type`,
    fields: [],
    meaning: [...facts.map(({ text }) => text), reason],
    advice: [alternative],
    links: [...(alternativeGrant ? [grantLink(alternativeGrant)] : []), { text: 'Unsupported grants', link: page }],
  }
}
