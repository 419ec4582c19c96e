import {
  type Answer,
  GrantsError,
  isTokenEndpointErrorCode,
  judgeAnswer,
  tokenEndpointErrors,
} from '@particle-grants/core'
import { anchorOf, type ErrorExplanation, explainError, otherError } from '@particle-grants/core/reference'
import { explainGrantType, explainStatus, explainUnreadable, notAnAnswer } from './explain-alone.ts'
import { type Explained, readable } from './explained.ts'
import { readPasted } from './read-pasted.ts'

const harmless = new Set(['error', 'error_description', 'token_type', 'expires_in', 'ok', 'info'])

/** Explains an answer of the token endpoint as core judges it; `undefined` for an empty text. */
export function explainPasted(text: string): Explained | undefined {
  const pasted = readPasted(text)
  if (pasted.type === 'nothing') return undefined
  if (pasted.type === 'code') return explainCode({ code: pasted.code, fields: [] })
  if (pasted.type === 'grant') return explainGrantType(pasted.name)
  if (pasted.type === 'status') return explainStatus(pasted.status)
  const fields = fieldsOf(pasted.body)
  const status = pasted.status ?? likelyStatus(fields)
  const shown = fields.map(([name, value]) => ({ name: readable(name), value: shownValue(name, value) }))
  if (status === undefined) return explainUnreadable(pasted.body, shown)
  const answer = judgeAnswer({
    status,
    headers: { get: (name) => pasted.headers.get(name.toLowerCase()) ?? null },
    body: new TextEncoder().encode(pasted.body),
  })
  return explainAnswer(answer, pasted, shown)
}

function explainAnswer(
  answer: Answer,
  { status }: { status: number | undefined },
  fields: Explained['fields'],
): Explained {
  if (answer.type === 'error')
    return explainCode({ code: answer.error, description: answer.description, fields, status })
  if (answer.type === 'mfa_required') return explainCode({ code: 'mfa_required', fields, status })
  if (answer.type === 'tokens') return explainTokens(fields)
  const details = { grant_type: 'password', baseUrl: 'the address that was called', ...answer } as const
  const { remedy, message } = new GrantsError('unexpected_answer', details)
  return notAnAnswer({ meaning: [message.replace(remedy, '').trim()], remedy, fields })
}

interface Refused {
  readonly code: string
  readonly description?: string | undefined
  readonly fields: Explained['fields']
  readonly status?: number | undefined
}

function explainCode({ code, description, fields, status }: Refused): Explained {
  const explanation = explainError(code, description)
  const link = `/errors#${anchorOf(code, description)}`
  const heading = `${readable(code)}${status === undefined ? '' : `, status ${status}`}`
  if (explanation === undefined) {
    const { meaning, remedy } = otherError
    return { heading, fields, meaning: [meaning], remedy, links: [{ text: 'Other errors', link }] }
  }
  return { heading, fields, ...sayingsOf(explanation), links: linksOf(explanation, link) }
}

function sayingsOf({ wire, library, cause }: ErrorExplanation): Pick<Explained, 'meaning' | 'remedy'> {
  if (wire === undefined)
    return library === undefined ? { meaning: [], remedy: undefined } : sayingsOfLibrary(library)
  const causes = wire.causes.map(({ when }) => when)
  return {
    meaning: cause
      ? [wire.meaning, cause.when]
      : [wire.meaning, ...(causes.length > 1 ? ['Causes that are known:'] : []), ...causes],
    remedy: cause?.remedy ?? wire.remedy,
  }
}

/** Its messages have values in them, so that what is shown is an example of one. */
function sayingsOfLibrary({
  when,
  afterwards,
  says,
}: NonNullable<ErrorExplanation['library']>): Pick<Explained, 'meaning' | 'remedy'> {
  const [said] = says
  return {
    meaning: [when, afterwards, ...(said ? [`For example it says: “${said.what} ${said.remedy}”`] : [])],
    remedy: 'Read the message that came with it: it says what to do, with the values of your case.',
  }
}

function linksOf({ code, wire, cause }: ErrorExplanation, link: string): Explained['links'] {
  const own = { text: cause ? `More on this cause of ${code}` : `More on ${code}`, link }
  if (code === 'mfa_required') return [{ text: 'The second step', link: '/grants/mfa-otp' }, own]
  if (code === 'sso_user') return [{ text: 'Accounts with SSO', link: '/guides/sso' }, own]
  const others = (wire?.causes ?? []).filter((one) => one !== cause && cause === undefined)
  return [own, ...others.map(({ anchor }) => ({ text: anchor, link: `/errors#${anchor}` }))]
}

function explainTokens(fields: Explained['fields']): Explained {
  return {
    heading: 'Tokens',
    fields,
    meaning: [
      'The request succeeded.',
      'Whether the refresh token is good for anything depends on the client.',
    ],
    remedy: 'You pasted tokens. Nothing left this page, but clear the box all the same.',
    links: [
      { text: 'How long all this lives', link: '/reference/token-life' },
      { text: 'The refresh_token grant', link: '/grants/refresh-token' },
    ],
  }
}

/** Without a status the code tells, and tokens were a success. Anything else may have come with any status. */
function likelyStatus(fields: readonly (readonly [string, unknown])[]): number | undefined {
  const error = fields.find(([name]) => name === 'error')?.[1]
  if (typeof error !== 'string') return fields.some(([name]) => name === 'access_token') ? 200 : undefined
  return isTokenEndpointErrorCode(error) ? tokenEndpointErrors[error].status : 400
}

function fieldsOf(body: string): [string, unknown][] {
  try {
    const value: unknown = JSON.parse(body)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value) : []
  } catch {
    return []
  }
}

function shownValue(name: string, value: unknown): string {
  if (typeof value === 'number' || typeof value === 'boolean' || value === null) return String(value)
  return harmless.has(name) && typeof value === 'string' ? readable(value) : '[hidden]'
}
