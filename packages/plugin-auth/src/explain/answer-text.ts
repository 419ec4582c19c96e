import { type HttpResponse, parseTokenResponse, type TokenResponse } from '@particle-grants/core/protocol'
import {
  type ErrorCodeExplanation,
  explainErrorCode,
  libraryErrorReferences,
  type ReasonReference,
  type ResponseField,
  successFields,
} from '@particle-grants/reference'
import { curlOf } from './curl.ts'
import type { Block, Saying } from './document.ts'
import { errorText, otherErrorText } from './error-text.ts'
import { type ShownField, shownCode, shownFields } from './shown-fields.ts'

/** A parsed response, as far as it may be shown. */
export interface ExplainedAnswer {
  readonly type: TokenResponse['type']
  readonly status: number
  /** Every field that came, secrets redacted. */
  readonly fields: readonly ShownField[]
  /** The error code, with `error` and `mfa_required`. */
  readonly error: string | null
  readonly explanation: ErrorCodeExplanation | null
  /** Seconds; `null`: never, or no tokens. */
  readonly expiresIn: number | null
  /** For a response that is not the token endpoint's: in a sentence, what it is. */
  readonly unexpected: string | null
}

/** Parses a response as a session would, and explains what it finds. */
export function explainAnswer(raw: HttpResponse): ExplainedAnswer {
  const answer = parseTokenResponse(raw)
  const error = codeOf(answer)
  const description = answer.type === 'error' ? answer.description : undefined
  return {
    type: answer.type,
    status: raw.status,
    fields: shownFields(raw.body),
    error: error === undefined ? null : shownCode(error),
    explanation: (error === undefined ? undefined : explainErrorCode(error, description)) ?? null,
    expiresIn: answer.type === 'success' ? answer.expiresInSeconds : null,
    unexpected: answer.type === 'unexpected' ? unexpectedText(answer) : null,
  }
}

function codeOf(answer: TokenResponse): string | undefined {
  if (answer.type === 'error') return answer.error
  return answer.type === 'mfa_required' ? 'mfa_required' : undefined
}

/** What the reference says about the reason. */
function unexpectedText({ reason }: Extract<TokenResponse, { type: 'unexpected' }>): string {
  const { when, advice, reasons } = libraryErrorReferences.unexpected_response
  const { meaning, advice: ownAdvice = advice[0] }: ReasonReference = reasons[reason]
  return [when, meaning, ownAdvice].join(' ')
}

/** The answer and its explanation for people. */
export function answerText(explained: ExplainedAnswer, say: Saying): Block[] {
  const { type, status, fields, explanation, unexpected } = explained
  const blocks: Block[] = [
    { kind: 'heading', text: `The response: status ${status}` },
    { kind: 'terms', terms: fields.map(({ name, value }) => ({ name, beside: value, below: [] })) },
  ]
  if (type === 'success') return [...blocks, ...tokensText(explained, say)]
  if (unexpected !== null) {
    return [
      ...blocks,
      { kind: 'title', text: 'Not a response of the token endpoint' },
      { kind: 'text', text: unexpected },
    ]
  }
  blocks.push(...(explanation === null ? otherErrorText(say) : errorText(withoutLibrary(explanation), say)))
  if (type === 'mfa_required') {
    blocks.push(
      { kind: 'heading', text: 'The second step' },
      { kind: 'command', lines: curlOf('urn:custom:mfa-otp', 'marks') },
    )
  }
  return blocks
}

/** The response came from the token endpoint, so the library's error of that name does not matter. */
function withoutLibrary({ library: _, ...explanation }: ErrorCodeExplanation): ErrorCodeExplanation {
  return explanation
}

function tokensText({ fields, expiresIn }: ExplainedAnswer, say: Saying): Block[] {
  const came = new Set(fields.map(({ name }) => name))
  const lifetime = expiresIn === null ? 'It never expires.' : `It is valid for ${inWords(expiresIn)}.`
  return [
    { kind: 'title', text: 'An access token' },
    { kind: 'text', text: lifetime },
    { kind: 'heading', text: 'Fields' },
    {
      kind: 'terms',
      terms: Object.entries<ResponseField>(successFields)
        .filter(([name]) => came.has(name))
        .map(([name, { meaning, facts }]) => ({ name, below: [meaning, ...facts.map(say)] })),
    },
  ]
}

function inWords(seconds: number): string {
  const [unit, length] = (
    [
      ['day', 86_400],
      ['hour', 3_600],
      ['minute', 60],
    ] as const
  ).find(([, one]) => seconds >= one) ?? ['second', 1]
  const count = Math.floor(seconds / length)
  return `${count} ${unit}${count === 1 ? '' : 's'}${count * length === seconds ? '' : ' and some'}`
}
