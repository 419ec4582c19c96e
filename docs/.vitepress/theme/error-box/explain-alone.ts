import { type GrantType, isGrantType, tokenEndpointErrors } from '@particle-grants/core'
import {
  grantReferences,
  type NotServedId,
  notServed,
  otherError,
  tokenEndpointErrorCodes,
} from '@particle-grants/core/reference'
import { type Explained, readable } from './explained.ts'

/** What came from something else than the token endpoint. */
export function notAnAnswer(said: Pick<Explained, 'meaning' | 'remedy' | 'fields'>): Explained {
  return {
    heading: 'Not an answer of the token endpoint',
    ...said,
    links: [{ text: 'unexpected_answer', link: '/errors#unexpected_answer' }],
  }
}

/** Neither a status nor an `error` or tokens: nobody can tell what it answers, so that no status is made up. */
export function explainUnreadable(body: string, fields: Explained['fields']): Explained {
  const isPage = /^\s*<(?:!doctype|\w+)/i.test(body)
  return notAnAnswer({
    meaning: [
      'There is no `error` in it, no `access_token`, and no status.',
      ...(isPage ? ['Pages come from proxies, from a wrong address, or from a failing server.'] : []),
    ],
    remedy: 'Repeat the call with `curl -i` and paste all of it: the status line tells more.',
    fields,
  })
}

/** A status alone: the errors that have it. */
export function explainStatus(status: number): Explained {
  const codes = tokenEndpointErrorCodes.filter((code) => tokenEndpointErrors[code].status === status)
  return {
    heading: `Status ${status}`,
    fields: [],
    meaning:
      codes.length === 0
        ? ['No error of the token endpoint that is known has this status.']
        : ['The body tells which error it is. Those with this status:'],
    remedy: 'Paste the body of the answer as well: its `error` decides, not the status.',
    links: [
      ...codes.map((code) => ({ text: code, link: `/errors#${code}` })),
      { text: 'Other errors', link: `/errors#${otherError.anchor}` },
    ],
  }
}

/** The name of a grant type, one that there is not among them: people paste the wrong one of the report. */
export function explainGrantType(name: string): Explained {
  const page = (type: GrantType) => ({
    text: `The grant type ${type}`,
    link: `/grants/${type.replace('urn:custom:', '').replaceAll('_', '-')}`,
  })
  if (isGrantType(name)) {
    const { title, summary } = grantReferences[name]
    return {
      heading: `${name}: a grant type`,
      fields: [],
      meaning: [`${title}.`, summary],
      remedy: undefined,
      links: [page(name)],
    }
  }
  if (!Object.hasOwn(notServed, name)) {
    const remedy = 'Compare with the grant types that there are.'
    const meaning = ['No grant type of this name is known.']
    const heading = `${readable(name)}: not a grant type`
    return { heading, fields: [], meaning, remedy, links: [{ text: 'Grant types', link: '/grants/' }] }
  }
  const { facts, why, instead, insteadGrant } = notServed[name as NotServedId]
  return {
    heading: `${name}: a grant type that is not served here`,
    fields: [],
    meaning: [...facts.map(({ text }) => text), why],
    remedy: instead,
    links: [
      ...(insteadGrant === undefined ? [] : [page(insteadGrant)]),
      { text: 'Known, and not served', link: `/reference/not-served#${name.replaceAll(':', '-')}` },
    ],
  }
}
