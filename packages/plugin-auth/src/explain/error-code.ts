import {
  type ErrorCodeExplanation,
  type LibraryErrorExplanation,
  otherError,
  type ReasonReference,
  type TokenEndpointErrorExplanation,
} from '@particle-grants/reference'
import { formatFact, Printer } from './printer.ts'

/** Formats what an error code means, its causes, and what to do. */
export function printErrorCode(explanation: ErrorCodeExplanation, width?: number): string {
  const printer = new Printer(width)
  addErrorCode(printer, explanation)
  return printer.toString()
}

/** Adds an error of the token endpoint, or one that only the library has. */
export function addErrorCode(printer: Printer, explanation: ErrorCodeExplanation): void {
  const { code, tokenEndpoint, library } = explanation
  if (tokenEndpoint !== undefined) addTokenEndpointError(printer, tokenEndpoint, explanation)
  else if (library !== undefined) addLibraryError(printer.heading(code), library)
}

function addTokenEndpointError(
  printer: Printer,
  { status, meaning, causes, advice, facts }: TokenEndpointErrorExplanation,
  { code, cause = causes.length === 1 ? causes[0] : undefined }: ErrorCodeExplanation,
): void {
  printer.heading(`${code} (${status})`).text(meaning)
  if (cause !== undefined) printer.heading('Cause').text(formatFact({ text: cause.when, from: cause.from }))
  else {
    printer.heading('Possible causes')
    for (const { when, description, grants, advice: own, from } of causes) {
      const name = description === undefined ? '(any description)' : `"${description.text}"`
      const texts = [formatFact({ text: when, from }), ...(own === undefined ? [] : [own])]
      printer.term(name, grants.join(', ') || 'the rest of the API', texts)
    }
  }
  printer.heading('What to do').text(cause?.advice ?? advice)
  printer.section('Notes', facts.map(formatFact))
}

function addLibraryError(printer: Printer, { title, when, advice, effect, reasons }: LibraryErrorExplanation): void {
  printer.text(`${title}. ${when} ${effect}`)
  for (const [name, { meaning, advice: own }] of Object.entries<ReasonReference>(reasons ?? {})) {
    printer.term(name, '', own === undefined ? [meaning] : [meaning, own])
  }
  printer.section('What to do', advice)
}

/** Adds what applies to an unknown error code. */
export function addOtherError(printer: Printer): void {
  const { meaning, advice, facts } = otherError
  printer.heading('Another error').text(meaning).heading('What to do').text(advice)
  printer.section('Notes', facts.map(formatFact))
}
