import type { Call } from '../call.ts'
import { clientCredentials } from '../oauth/client.ts'
import { readableFields, readablePath, readableText } from './redact.ts'

/** One request and what came of it. No secret of it is kept: values stand as `[redacted]`. */
export interface JournalEntry {
  /** The answer's `X-Request-Id`. */
  readonly id: string
  /** When it came, by the sandbox's clock, in milliseconds. */
  readonly at: number
  readonly method: string
  readonly path: string
  readonly query: Readonly<Record<string, string>>
  readonly grant_type?: string
  readonly client_id?: string
  /** Fields of a form or members of a JSON object. */
  readonly form: Readonly<Record<string, string>>
  /** The answer's status; 0 when there was no answer. */
  readonly status: number
  readonly error?: string
  /** What a newcomer may have meant. Never on the wire. */
  readonly hint?: string
  /** A fault answered, or delayed the answer. */
  readonly fault?: true
  /** The connection ended before or during the answer. */
  readonly dropped?: 'before' | 'during' | 'by the client'
  readonly address: string
}

/** How a request ended, as far as the journal tells it. */
export interface Outcome {
  readonly status: number
  readonly error?: JournalEntry['error'] | undefined
  readonly hint?: JournalEntry['hint'] | undefined
  readonly fault?: JournalEntry['fault'] | undefined
  readonly dropped?: JournalEntry['dropped'] | undefined
}

const limit = 10_000

/** The requests since the start, the oldest first; the last 10,000 are kept. */
export class Journal {
  readonly #entries: JournalEntry[] = []
  readonly #listeners = new Set<(entry: JournalEntry) => void>()

  record(call: Call, outcome: Outcome): void {
    const entry = describe(call, outcome)
    this.#entries.push(entry)
    if (this.#entries.length > limit) this.#entries.shift()
    for (const listener of this.#listeners) listener(entry)
  }

  entries(): JournalEntry[] {
    return [...this.#entries]
  }

  clear(): void {
    this.#entries.length = 0
  }

  /** Calls a listener with every entry from now on; what it returns ends that. */
  subscribe(listener: (entry: JournalEntry) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }
}

function describe(call: Call, { status, error, hint, fault, dropped }: Outcome): JournalEntry {
  const grantType = call.form.get('grant_type')
  const { id: clientId } = clientCredentials(call)
  return {
    id: call.id,
    at: call.at,
    method: call.method,
    path: readablePath(call.path),
    query: readableFields(call.query.entries()),
    ...(grantType && { grant_type: readableText(grantType) }),
    ...(clientId && { client_id: readableText(clientId) }),
    form: readableFields([...call.form, ...Object.entries(call.json)]),
    status,
    ...(error !== undefined && { error }),
    ...(hint !== undefined && { hint }),
    ...(fault && { fault }),
    ...(dropped && { dropped }),
    address: call.connection.address,
  }
}
