import { type ErrorCause, type ErrorCodeExplanation, errorUrl } from '@particle-grants/reference'
import { parseJson, toObject } from '../network/api-call.ts'
import { Printer } from '../output/text.ts'
import { formatCurl, formatFact } from './grant.ts'

/**
 * Finds the error code in what `curl -i` printed, in a body alone, or alone; `undefined`: there is none. Of several
 * responses, which proxies and redirects cause, the last one counts.
 */
export function findError(input: string): { readonly error: string; readonly description?: string } | undefined {
  const text = input.replace(/^\uFEFF/, '').trim()
  if (/^[a-z][a-z_]{2,39}$/i.test(text)) return { error: text }
  const body = text.split(/\r?\n[ \t]*\r?\n/).at(-1) ?? ''
  const { error, error_description: description } = toObject(parseJson(body))
  if (typeof error !== 'string') return undefined
  return { error, ...(typeof description === 'string' && { description }) }
}

/** Formats what an error code means, its causes, what to do, and where to read more. */
export function printErrorCode(
  { code, anchor, tokenEndpoint, library, cause }: ErrorCodeExplanation,
  width?: number,
): string {
  const printer = new Printer(width)
  // The advice for an error that only the libraries have names methods.
  if (tokenEndpoint === undefined) printer.heading(code).text(`${library?.title}.`)
  else {
    const { status, meaning, causes, advice } = tokenEndpoint
    const known = cause ?? (causes.length === 1 ? causes[0] : undefined)
    printer
      .heading(`${code} (${status})`)
      .text(meaning)
      .heading(known ? 'Cause' : 'Possible causes')
    for (const one of known ? [known] : causes) printer.text(formatCause(one), '- ')
    printer.heading('What to do').text(known?.advice ?? advice)
  }
  if (code === 'mfa_required') printer.heading('The second step').command(formatCurl('urn:custom:mfa-otp'))
  return printer
    .heading('More')
    .text(errorUrl(cause?.anchor ?? anchor))
    .toString()
}

function formatCause({ when, description, from }: ErrorCause): string {
  return `${description === undefined ? '' : `"${description.text}": `}${formatFact({ text: when, from })}`
}
