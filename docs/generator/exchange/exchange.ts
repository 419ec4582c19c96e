import { STATUS_CODES } from 'node:http'
import { type GrantType, grants } from '@particle-grants/core/protocol'
import { tokenRequest } from '@particle-grants/reference'
import { createClock, createSandbox, type Sandbox } from '@particle-grants/sandbox'
import { Placeholders } from './placeholders.ts'

/** The fields of a request, in the order in which they are sent. */
export type Fields = Readonly<Record<string, string>>

/** One request that is shown with the sandbox's response. */
export interface Exchange {
  readonly grant: GrantType
  /** The client's id and secret, as `id:secret`. */
  readonly client: string
  /** Sends the requests before this one, and returns its fields without `grant_type`. */
  readonly fields: (stage: Stage) => Promise<Fields> | Fields
}

/** A request and its response as HTTP text. */
interface Http {
  readonly request: string
  readonly status: number
  readonly response: string
}

/** An exchange with placeholders for values that differ each time. */
export interface Recording extends Http {
  readonly client: string
  readonly form: readonly (readonly [name: string, value: string])[]
}

/** A sandbox that has not been used yet, and token requests to it. */
export class Stage {
  readonly sandbox: Sandbox
  readonly placeholders = new Placeholders()

  /** By default the clock is stopped, so that every recording has the same time, and no poll is early. */
  constructor(sandbox?: Sandbox) {
    const clock = createClock({ start: Date.UTC(2026, 10, 24, 12), frozen: true })
    this.sandbox = sandbox ?? createSandbox({ clock, ssoInterval: 0 })
  }

  /** Sends a token request, and returns the JSON of its response. */
  async send(client: string, form: Fields): Promise<Record<string, string>> {
    return JSON.parse(bodyOf((await this.exchange(client, form)).response))
  }

  /** Sends a token request, and returns both directions as a connection shows them. */
  async exchange(client: string, form: Fields): Promise<Http> {
    const { method, path, url, contentType } = tokenRequest
    const headers = { Authorization: `Basic ${btoa(client)}`, 'Content-Type': contentType }
    const body = new URLSearchParams(form).toString()
    const response = await this.sandbox.fetch(url, { method, headers, body })
    const { status } = response
    const received = await response.text()
    this.placeholders.learnResponse(received)
    return {
      request: toText(`${method} ${path} HTTP/1.1`, { Host: new URL(url).host, ...headers }, body),
      status,
      response: toText(`HTTP/1.1 ${status} ${STATUS_CODES[status]}`, Object.fromEntries(response.headers), received),
    }
  }
}

/** Performs an exchange with a new sandbox. */
export async function record({ grant, client, fields }: Exchange): Promise<Recording> {
  const stage = new Stage()
  const { placeholders } = stage
  const chosen = await fields(stage)
  const unknown = Object.keys(chosen).find((name) => !Object.hasOwn(grants[grant].fields, name))
  if (unknown !== undefined) throw new Error(`The grant ${grant} has no field ${unknown}.`)
  const form = { grant_type: grant, ...chosen }
  const { request, status, response } = await stage.exchange(client, form)
  placeholders.learn('request_id', /^x-request-id: (.*)$/im.exec(response)?.[1] ?? '')
  return {
    client,
    form: Object.entries(form).map(([name, value]) => [name, placeholders.hide(value)] as const),
    request: placeholders.hide(request),
    status,
    response: placeholders.hide(response),
  }
}

/** Returns the body of a recorded request or response. */
export function bodyOf(recorded: string): string {
  return recorded.slice(recorded.indexOf('\n\n') + 2)
}

function toText(start: string, headers: Readonly<Record<string, string>>, body: string): string {
  const all = { ...headers, 'Content-Length': `${Buffer.byteLength(body)}` }
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`)
  return [start, ...lines, '', body].join('\n')
}
