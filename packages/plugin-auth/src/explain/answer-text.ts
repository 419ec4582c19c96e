import { type Answer, GrantsError, judgeAnswer, type RawAnswer } from '@particle-grants/core'
import {
  type AnswerField,
  answerFields,
  type ErrorExplanation,
  explainError,
} from '@particle-grants/core/reference'
import { curlOf } from './curl.ts'
import type { Block, Saying } from './document.ts'
import { errorText, otherErrorText } from './error-text.ts'
import { type ShownField, shownCode, shownFields } from './shown-fields.ts'

/** A judged answer, as far as it may be shown. */
export interface ExplainedAnswer {
  readonly type: Answer['type']
  readonly status: number
  /** Every field that came, secrets redacted. */
  readonly fields: readonly ShownField[]
  /** The error code, with `error` and `mfa_required`. */
  readonly error: string | null
  readonly explanation: ErrorExplanation | null
  /** Seconds; `null`: never, or no tokens. */
  readonly expiresIn: number | null
  /** For an answer that is none of the token endpoint's: in a sentence, what it is. */
  readonly unexpected: string | null
}

/** Judges an answer as a session would, and explains what it finds. */
export function explainAnswer(raw: RawAnswer): ExplainedAnswer {
  const answer = judgeAnswer(raw)
  const error = codeOf(answer)
  const description = answer.type === 'error' ? answer.description : undefined
  return {
    type: answer.type,
    status: raw.status,
    fields: shownFields(raw.body),
    error: error === undefined ? null : shownCode(error),
    explanation: (error === undefined ? undefined : explainError(error, description)) ?? null,
    expiresIn: answer.type === 'tokens' ? answer.tokens.expires_in : null,
    unexpected: answer.type === 'unexpected' ? unexpectedText(answer) : null,
  }
}

function codeOf(answer: Answer): string | undefined {
  if (answer.type === 'error') return answer.error
  return answer.type === 'mfa_required' ? 'mfa_required' : undefined
}

/** Core's own sentence for it, and its remedy. */
function unexpectedText({ status, reason }: Extract<Answer, { type: 'unexpected' }>): string {
  const baseUrl = 'the address that was called'
  return new GrantsError('unexpected_answer', { grant_type: 'password', baseUrl, status, reason }).message
}

/** The answer and its explanation for people. */
export function answerText(explained: ExplainedAnswer, say: Saying): Block[] {
  const { type, status, fields, explanation, unexpected } = explained
  const blocks: Block[] = [
    { kind: 'heading', text: `The answer: status ${status}` },
    { kind: 'terms', terms: fields.map(({ name, value }) => ({ name, beside: value, below: [] })) },
  ]
  if (type === 'tokens') return [...blocks, ...tokensText(explained, say)]
  if (unexpected !== null) {
    return [
      ...blocks,
      { kind: 'title', text: 'Not an answer of the token endpoint' },
      { kind: 'text', text: unexpected },
    ]
  }
  blocks.push(...(explanation === null ? otherErrorText(say) : errorText(ofTheWire(explanation), say)))
  if (type === 'mfa_required') {
    blocks.push(
      { kind: 'heading', text: 'The second step' },
      { kind: 'command', lines: curlOf('urn:custom:mfa-otp', 'marks') },
    )
  }
  return blocks
}

/** An answer came over the wire: what this package's own error of that name means is beside the point. */
function ofTheWire({ library: _, ...explanation }: ErrorExplanation): ErrorExplanation {
  return explanation
}

function tokensText({ fields, expiresIn }: ExplainedAnswer, say: Saying): Block[] {
  const came = new Set(fields.map(({ name }) => name))
  const lifetime = expiresIn === null ? 'It never expires.' : `It lives ${inWords(expiresIn)}.`
  return [
    { kind: 'title', text: 'An access token' },
    { kind: 'text', text: lifetime },
    { kind: 'heading', text: 'What came' },
    {
      kind: 'terms',
      terms: Object.entries<AnswerField>(answerFields)
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
