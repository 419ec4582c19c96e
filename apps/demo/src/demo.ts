import assert, { AssertionError } from 'node:assert/strict'
import { type ConnectionOptions, GrantsError, type Session, type SessionState } from '@particle-grants/core'
import { createSandbox, type JournalEntry, type Sandbox } from '@particle-grants/sandbox'
import { listen } from '@particle-grants/sandbox/node'
import { type CurlResponse, curl } from './curl.ts'
import type { Printer } from './printer.ts'

/** What a step works with. */
export interface Demo {
  readonly sandbox: Sandbox
  readonly url: string
  readonly print: Printer
  /** How core connects to the sandbox. Its clock is the sandbox's, which moves by months. */
  readonly connection: ConnectionOptions
  /** Prints a claim that is true. One that is not ends the demo. */
  check(claim: string, isTrue: boolean): void
  /** Prints a curl command, sends what curl would send, and prints the response. */
  curl(command: string, variables: Readonly<Record<string, string>>): Promise<CurlResponse>
  /** Prints the requests that the sandbox receives during `run`, and the states of `session`. Returns the requests. */
  watch(run: () => Promise<unknown>, session?: Session): Promise<JournalEntry[]>
}

/** Runs a story against a new sandbox. Returns whether every check passed; stops at the first that fails. */
export async function runDemo(story: (demo: Demo) => Promise<void>, print: Printer): Promise<boolean> {
  const started = performance.now()
  const sandbox = createSandbox()
  const server = await listen(sandbox)
  let checks = 0
  const demo: Demo = {
    sandbox,
    url: server.url,
    print,
    connection: { baseUrl: server.url, clock: sandbox.clock },
    check(claim, isTrue) {
      assert(isTrue, `This is not true: ${claim}`)
      checks += 1
      print.passed(claim)
    },
    async curl(command, variables) {
      print.command(command)
      const response = await curl(command, { API: server.url, ...variables })
      const json: object = JSON.parse(shortenTokens(response.body))
      print.response(`${response.status} ${response.statusText}`, Array.isArray(json) ? {} : json)
      return response
    },
    async watch(run, session) {
      const before = sandbox.requests().length
      const stopRequests = sandbox.subscribe((entry) => printEntry(print, entry))
      const stopStates = session?.subscribe((state) => printState(print, state))
      await run()
      stopRequests()
      stopStates?.()
      return sandbox.requests().slice(before)
    },
  }
  try {
    await story(demo)
  } catch (error) {
    print.failed(error instanceof AssertionError ? error.message : String((error as Error).stack))
    return false
  } finally {
    await server.close()
  }
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  print.summary(`${checks} checks passed in ${seconds} s.`)
  return true
}

/** Returns the {@link GrantsError} with which a promise rejects. Every other outcome is a failed check. */
export async function catchError(promise: Promise<unknown>): Promise<GrantsError> {
  const thrown: unknown = await promise.catch((reason: unknown) => reason)
  assert(GrantsError.isInstance(thrown), `This call should be rejected with a GrantsError: ${thrown}`)
  return thrown
}

/** Keeps the first characters of tokens: enough to tell two apart. */
function shortenTokens(text: string): string {
  return text.replace(/"([0-9a-f]{4})(?:[0-9a-f]{36}|[0-9a-f-]{32})"/g, '"$1…"')
}

function printEntry(print: Printer, { method, path, form, status, error = 'OK' }: JournalEntry): void {
  const fields = Object.entries(form)
    .filter(([name]) => !name.startsWith('client_')) // The client authenticates with a header elsewhere.
    .map(([name, value]) => `${name}=${value === '[redacted]' ? '••••' : value}`)
  print.exchange([`${method} ${path}`, ...fields], `${status} ${error}`)
}

function printState(print: Printer, state: SessionState): void {
  const { status } = state
  if (status === 'requesting') return // The request itself is printed.
  if (status === 'mfa_required') print.state(`${status}: ${state.challenge.attemptsLeft} attempts left`)
  else if (status === 'signed_in') {
    const day = new Date(state.tokens.expiresAt ?? 0).toISOString().slice(0, 10)
    print.state(`${status}: the token is valid until ${day}`)
  } else print.state('reason' in state ? `${status}: ${state.reason}` : status)
}
