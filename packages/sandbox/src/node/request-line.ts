import { styleText } from 'node:util'
import type { JournalEntry } from '../control/journal.ts'

/** One request as a line for the terminal, with the hint, if there is one, below it. */
export function requestLine(entry: JournalEntry, colors: boolean): string {
  const paint = (style: Parameters<typeof styleText>[0], text: string) =>
    colors ? styleText(style, text) : text
  const { at, method, path, grant_type: grantType, client_id: clientId, status, hint } = entry
  const asked = [grantType, clientId].filter(Boolean).join(' · ')
  const line = [
    // From the end: far years have more digits.
    paint('dim', new Date(at).toISOString().slice(-13, -5)),
    `${method} ${path}`,
    asked && paint('dim', asked),
    paint(status >= 200 && status < 300 ? 'green' : 'red', outcome(entry)),
  ]
  return `  ${line.filter((part) => part !== '').join('  ')}${hint ? `\n            ${paint('cyan', 'hint')}  ${hint}` : ''}\n`
}

function outcome({ status, error, fault, dropped }: JournalEntry): string {
  const parts = [
    status === 0 ? 'no answer' : String(status),
    error,
    dropped && `dropped ${dropped}`,
    fault && '(fault)',
  ]
  return parts.filter(Boolean).join(' ')
}
