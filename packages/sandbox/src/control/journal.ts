import type { ParsedRequest } from '../http/request.ts'
import { getClientCredentials } from '../oauth/client.ts'

/** A request and its outcome. Secrets are not kept: their values are `[redacted]`. */
export interface JournalEntry {
  /** The `X-Request-Id` of the response. */
  readonly id: string
  /** When it arrived by the sandbox's clock, in milliseconds since 1970. */
  readonly at: number
  readonly method: string
  readonly path: string
  readonly query: Readonly<Record<string, string>>
  readonly grant_type?: string | undefined
  readonly client_id?: string | undefined
  /** The fields of a form or the members of a JSON object. */
  readonly form: Readonly<Record<string, string>>
  /** The status of the response; 0 if there was none. */
  readonly status: number
  readonly error?: string | undefined
  /** What is probably wrong with the request. It is never sent to the client. */
  readonly hint?: string | undefined
  /** A fault replaced or delayed the response. */
  readonly fault?: true | undefined
  /** The connection ended before or during the response. */
  readonly dropped?: 'before' | 'during' | 'by the client' | undefined
  readonly address: string
}

type Outcome = Pick<JournalEntry, 'status' | 'error' | 'hint' | 'fault' | 'dropped'>

const maxEntries = 10_000

/** The last 10,000 requests, the oldest first. */
export class Journal {
  readonly #entries: JournalEntry[] = []
  readonly #listeners = new Set<(entry: JournalEntry) => void>()

  record(request: ParsedRequest, outcome: Outcome): void {
    const entry = createEntry(request, outcome)
    this.#entries.push(entry)
    // Removing the oldest one at each request would move all others each time.
    if (this.#entries.length >= 2 * maxEntries) this.#entries.splice(0, maxEntries)
    for (const listener of this.#listeners) listener(entry)
  }

  entries(): JournalEntry[] {
    return this.#entries.slice(-maxEntries)
  }

  clear(): void {
    this.#entries.length = 0
  }

  /** Calls `listener` after each request. Returns the unsubscribe function. */
  subscribe(listener: (entry: JournalEntry) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }
}

function createEntry(request: ParsedRequest, outcome: Outcome): JournalEntry {
  const grantType = request.form.get('grant_type')
  const { path } = request
  // There a path can have a token, and the Basic credentials are a username and a password.
  const isTokenList = path.startsWith('/v1/access_tokens')
  const clientId = isTokenList ? undefined : getClientCredentials(request).id
  return {
    id: request.id,
    at: request.at,
    method: request.method,
    path: isTokenList ? redactPath(path) : redactText(path),
    query: request.query.size === 0 ? noFields : redactFields(request.query),
    grant_type: grantType && redactText(grantType),
    client_id: clientId && redactText(clientId),
    form: redactFields(request.form.size > 0 ? request.form : Object.entries(request.json)),
    status: outcome.status,
    error: outcome.error,
    hint: outcome.hint,
    fault: outcome.fault,
    dropped: outcome.dropped,
    address: request.address,
  }
}

const noFields = Object.freeze({})
const redacted = '[redacted]'

/** The fields whose values are shown. All other values are redacted, so a new field is redacted until it is added here. */
const publicFields = new Set([
  'grant_type',
  'client_id',
  'username',
  'email',
  'scope',
  'expires_in',
  'expires_at',
  'no_password',
  'invalidate_tokens',
  'callback',
  'friendly_name',
  'scopes',
  'type',
])

function redactFields(fields: Iterable<readonly [string, unknown]>): Record<string, string> {
  const shown: Record<string, string> = {}
  for (const [name, value] of fields) {
    shown[redactName(name)] = publicFields.has(name) ? redactText(String(value)) : redacted
  }
  return shown
}

/** `DELETE /v1/access_tokens/:token` has a token in its path. */
function redactPath(path: string): string {
  return redactText(path.replace(/^(\/v1\/access_tokens\/)(?!current\/?$).+/, `$1${redacted}`))
}

/**
 * Removes everything that looks like a token, because people paste secrets into the wrong fields, and control
 * characters, because a terminal prints the text.
 */
function redactText(text: string): string {
  // Most texts are short and plain. Searching them with the patterns below would take longer than the grant.
  if (text.length < 32 && /^[ -~]*$/.test(text)) return text
  const shown = text.replace(/[0-9a-f]{32,}/gi, redacted).replace(/\p{Cc}/gu, '\ufffd')
  return shown.length > 120 ? `${shown.slice(0, 120)}…` : shown
}

/** A body that is not a form looks like a field name, so a name is shown only if it looks like one. */
function redactName(name: string): string {
  return publicFields.has(name) || /^[a-z]{1,20}(?:_[a-z]{1,20}){0,3}$/.test(name) ? name : redacted
}
