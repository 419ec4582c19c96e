import { type TokenEndpointError, tokenEndpointErrors } from '@particle-grants/core/protocol'
import { tokenEndpointErrorReferences } from '@particle-grants/reference'
import { bodyOf } from '../exchange/exchange.ts'
import type { ExchangeId, Recordings } from '../exchange/exchanges.ts'
import { blocks, details, fence } from '../markdown/markdown.ts'
import { isSampled, samplesOf, tabs, tabsOf } from '../samples/samples.ts'
import type { Shown, Variant } from './shown-exchanges.ts'

/** The request with each tool, what the reader can do with it, and its responses. */
export function requestAndResponses(shown: Shown, recordings: Recordings): readonly string[] {
  const { request, otherResponses, errors, scenario } = shown
  const responses = [request, ...otherResponses].map((id) => response(id, recordings))
  return [
    tabs(samplesOf(request, recordings)),
    `<YourValues scenario="${scenario}" />`,
    '**Responses**',
    tabsOf([...responses, ...errors.map(errorResponse)]),
  ]
}

/** Another use of the same grant, collapsed. */
export function variant({ id, title, text }: Variant, recordings: Recordings): string {
  const { name, code } = response(id, recordings)
  return details(
    title,
    [text, isSampled(id) ? tabs(samplesOf(id, recordings)) : '', `The response, status ${name}:`, code],
    id,
  )
}

/** An exchange as it was on the wire. */
export function rawHttp(id: ExchangeId, recordings: Recordings): string {
  const { request, response: received } = recordings[id]
  return blocks(
    'Recorded from the sandbox of this project. Values that differ each time are replaced, and `Host` is the address of Particle.',
    fence('http', request),
    fence('http', received),
  )
}

interface NamedResponse {
  readonly name: string
  readonly code: string
}

function response(id: ExchangeId, recordings: Recordings): NamedResponse {
  const { response: received, status } = recordings[id]
  return toResponse(status, JSON.parse(bodyOf(received)))
}

/** The response of a cause whose wording is known. */
function errorResponse(anchor: string): NamedResponse {
  const code = anchor.split('-')[0] as TokenEndpointError
  const cause = tokenEndpointErrorReferences[code].causes.find((one) => one.anchor === anchor)
  if (cause?.description === undefined) throw new Error(`The wording of ${anchor} is not known.`)
  const { status } = tokenEndpointErrors[code]
  return toResponse(status, { error: code, error_description: cause.description.text })
}

function toResponse(status: number, body: Readonly<Record<string, unknown>>): NamedResponse {
  const name = typeof body.error === 'string' ? `${status} ${body.error}` : `${status}`
  return { name, code: fence('json', JSON.stringify(body, undefined, 2)) }
}
