// The globals that core may use: those that every runtime has (Node, Deno, Bun, browsers, Workers).
// Declared here, as narrow as they are used, so that anything else does not compile.

declare class URL {
  constructor(url: string, base?: string)
  readonly protocol: string
  readonly hostname: string
  readonly username: string
  readonly password: string
  readonly search: string
  readonly hash: string
  readonly origin: string
  readonly pathname: string
}

declare class URLSearchParams {
  append(name: string, value: string): void
  toString(): string
}

declare class TextEncoder {
  encode(text: string): Uint8Array<ArrayBuffer>
}

declare class TextDecoder {
  constructor(label: string, options: { fatal: boolean })
  decode(bytes: Uint8Array): string
}

interface AbortSignal {
  readonly aborted: boolean
  readonly reason: unknown
  throwIfAborted(): void
  addEventListener(type: 'abort', listener: () => void, options?: { once: boolean }): void
  removeEventListener(type: 'abort', listener: () => void): void
}

declare const AbortSignal: {
  timeout(milliseconds: number): AbortSignal
  any(signals: AbortSignal[]): AbortSignal
}

declare class AbortController {
  readonly signal: AbortSignal
  abort(reason?: unknown): void
}

declare const crypto: {
  readonly subtle: { digest(algorithm: 'SHA-256', data: Uint8Array<ArrayBuffer>): Promise<ArrayBuffer> }
}

declare function btoa(binary: string): string

declare function setTimeout(callback: () => void, milliseconds: number): unknown
declare function clearTimeout(timer: unknown): void

interface Headers {
  get(name: string): string | null
  has(name: string): boolean
  set(name: string, value: string): void
}

declare class Request {
  constructor(input: string | URL | Request, init?: RequestInit)
  readonly url: string
  readonly method: string
  readonly headers: Headers
  readonly body: unknown
  readonly signal: AbortSignal
  clone(): Request
}

interface RequestInit {
  readonly body?: unknown
}

interface Response {
  readonly status: number
  readonly url: string
  readonly redirected: boolean
  readonly body: { cancel(): Promise<void> } | null
  clone(): Response
  text(): Promise<string>
}

declare function fetch(input: string | URL | Request, init?: RequestInit): Promise<Response>
