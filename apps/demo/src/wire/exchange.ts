/** One request and its answer, as they went over the wire. Holds secrets: {@link shortenExchange} takes them out. */
export interface Exchange {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  /** Empty where there was none. */
  readonly body: string
  readonly status: number
  readonly statusText: string
  readonly answer: string
}

/** Is told of every exchange when its answer is there. */
export type Recorder = (exchange: Exchange) => void

/** The fields of a form-encoded request. */
export function fieldsOf({ body }: Exchange): [string, string][] {
  return [...new URLSearchParams(body)]
}

/** The answer as JSON; the bare text where it is none. */
export function jsonOf({ answer }: Exchange): unknown {
  try {
    return JSON.parse(answer)
  } catch {
    return answer
  }
}

/** A field of a request's form; `undefined` where it has none of that name. */
export function field(exchange: Exchange, name: string): string | undefined {
  return new URLSearchParams(exchange.body).get(name) ?? undefined
}

/** A member of the answer's JSON object, where it is a string. */
export function member(exchange: Exchange, name: string): string | undefined {
  const json = jsonOf(exchange)
  const value = typeof json === 'object' && json !== null ? Reflect.get(json, name) : undefined
  return typeof value === 'string' ? value : undefined
}
