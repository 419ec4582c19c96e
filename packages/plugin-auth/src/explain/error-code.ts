import {
  type ErrorCause,
  type ErrorCodeExplanation,
  type LibraryErrorExplanation,
  otherError,
  type ReasonReference,
  type TokenEndpointErrorExplanation,
} from '@particle-grants/reference'
import { Printer } from './printer.ts'

/** Formats what an error code means, its causes, and what to do. */
export function printErrorCode(explanation: ErrorCodeExplanation, showSources: boolean, width?: number) {
  const printer = new Printer(showSources, width)
  addErrorCode(printer, explanation)
  return printer.toString()
}

export function addErrorCode(printer: Printer, explanation: ErrorCodeExplanation): void {
  const { code, tokenEndpoint, library, cause } = explanation
  printer.title(tokenEndpoint === undefined ? code : `${code} (${tokenEndpoint.status})`)
  if (tokenEndpoint !== undefined) addTokenEndpointError(printer, tokenEndpoint, cause)
  if (library !== undefined) addLibraryError(printer, library, tokenEndpoint !== undefined)
}

function addTokenEndpointError(
  printer: Printer,
  { meaning, causes, advice, facts }: TokenEndpointErrorExplanation,
  known: ErrorCause | undefined,
): void {
  const cause = known ?? (causes.length === 1 ? causes[0] : undefined)
  printer.text(meaning)
  if (cause !== undefined) {
    printer.heading('Cause').text(printer.fact({ text: cause.when, from: cause.from }))
  } else {
    printer.heading('Possible causes')
    for (const one of causes) addCause(printer, one)
  }
  printer.heading('What to do').text(cause?.advice ?? advice)
  printer.section('Notes', facts.map(printer.fact))
}

function addCause(printer: Printer, { when, description, grants, advice, from }: ErrorCause): void {
  const name = description === undefined ? '(any description)' : `"${description.text}"`
  const texts = [printer.fact({ text: when, from }), ...(advice === undefined ? [] : [advice])]
  printer.term(name, grants.length === 0 ? 'the rest of the API' : grants.join(', '), texts)
}

function addLibraryError(
  printer: Printer,
  { title, when, advice, effect, reasons }: LibraryErrorExplanation,
  isSecond: boolean,
): void {
  printer.heading(isSecond ? `In this program: ${title}` : title).text(`${when} ${effect}`)
  for (const [name, reason] of Object.entries<ReasonReference>(reasons ?? {})) {
    printer.term(name, '', [reason.meaning, ...(reason.advice === undefined ? [] : [reason.advice])])
  }
  printer.section('What to do', advice)
}

/** Adds what applies to an unknown error code. */
export function addOtherError(printer: Printer): void {
  const { meaning, advice, facts } = otherError
  printer.title('Another error').text(meaning)
  printer.heading('What to do').text(advice).list(facts.map(printer.fact))
}
