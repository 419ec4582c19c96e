import { type ErrorCodeExplanation, errorUrl, type TokenEndpointErrorExplanation } from '@particle-grants/reference'
import type { ErrorDescription } from '../errors/describe-error.ts'
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

/** Formats what an error code means, its causes, what to do, and where to read more. `own`: what this program suggests. */
export function printErrorCode(explanation: ErrorCodeExplanation, own: Partial<ErrorDescription>, width?: number) {
  const { code, anchor, tokenEndpoint, library, cause } = explanation
  const printer = new Printer(width)
  if (tokenEndpoint !== undefined) addTokenEndpointError(printer, tokenEndpoint, explanation)
  else {
    // The reference's advice for an error that only the libraries have names methods.
    printer.heading(code).text(`${library?.title}.`)
    if (own.remedy !== undefined) printer.heading('What to do').text(own.remedy)
    if (own.command !== undefined) printer.command([own.command])
  }
  if (code === 'mfa_required') printer.heading('The second step').command(formatCurl('urn:custom:mfa-otp'))
  return printer
    .heading('More')
    .text(errorUrl(cause?.anchor ?? anchor))
    .toString()
}

function addTokenEndpointError(
  printer: Printer,
  { status, meaning, causes, advice }: TokenEndpointErrorExplanation,
  { code, cause = causes.length === 1 ? causes[0] : undefined }: ErrorCodeExplanation,
): void {
  printer
    .heading(`${code} (${status})`)
    .text(meaning)
    .heading(cause ? 'Cause' : 'Possible causes')
  for (const { when, description, from } of cause ? [cause] : causes) {
    const name = description === undefined ? '' : `"${description.text}": `
    printer.text(`${name}${formatFact({ text: when, from })}`, '- ')
  }
  printer.heading('What to do').text(cause?.advice ?? advice)
}
