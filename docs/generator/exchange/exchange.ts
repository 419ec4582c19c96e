import { type GrantType, grants } from '@particle-grants/core/protocol'
import { tokenRequest } from '@particle-grants/reference'
import { createClock, createSandbox, type Sandbox } from '@particle-grants/sandbox'
import { Placeholders } from './placeholders.ts'
import { recordHttp } from './record-http.ts'

/** The fields of a request without `grant_type`, in the order in which they are sent. */
export type Fields = Readonly<Record<string, string>>

/** One request that is shown with the sandbox's response. */
export interface Exchange {
  readonly grant: GrantType
  /** The client's id and secret, as `id:secret`. */
  readonly client: string
  /** Sends the requests before this one, and returns its fields. */
  readonly fields: (stage: Stage) => Promise<Fields> | Fields
}

/** A sandbox, and requests to it. */
export interface Stage {
  readonly sandbox: Sandbox
  readonly placeholders: Placeholders
  /** Sends a token request, and returns the JSON of its response. */
  send(client: string, form: Fields): Promise<Record<string, string>>
}

/** A request and its response as HTTP text, with placeholders for values that differ each time. */
export interface Recording {
  readonly client: string
  readonly form: readonly (readonly [name: string, value: string])[]
  readonly request: string
  readonly status: number
  readonly response: string
}

/** Performs an exchange with a sandbox whose clock is stopped. */
export async function record({ grant, client, fields }: Exchange): Promise<Recording> {
  const stage = openStage()
  const { placeholders } = stage
  const chosen = await fields(stage)
  const unknown = Object.keys(chosen).find((name) => !Object.hasOwn(grants[grant].fields, name))
  if (unknown !== undefined) throw new Error(`The grant ${grant} has no field ${unknown}.`)
  const form = { grant_type: grant, ...chosen }
  const http = await recordHttp(stage.sandbox, {
    authorization: authorization(client),
    body: new URLSearchParams(form).toString(),
  })
  placeholders.learnResponse(bodyOf(http.response))
  placeholders.learn('request_id', /^x-request-id: (.*)$/im.exec(http.response)?.[1] ?? '')
  return {
    client,
    form: Object.entries(form).map(([name, value]) => [name, placeholders.hide(value)] as const),
    request: placeholders.hide(http.request),
    status: Number(/^HTTP\/1\.1 (\d{3})/.exec(http.response)?.[1]),
    response: placeholders.hide(http.response),
  }
}

/** Returns the body of a recorded request or response. */
export function bodyOf(recorded: string): string {
  return recorded.slice(recorded.indexOf('\n\n') + 2)
}

/** A stopped clock, so that every recording has the same time. */
const stopped = () => createClock({ start: Date.UTC(2026, 10, 24, 12), frozen: true })

/** Creates a sandbox whose clock is stopped. */
export function openStage(): Stage {
  return createStage(createSandbox({ clock: stopped() }))
}

/** Returns a stage on a sandbox that has not been used since its last reset. */
export function createStage(sandbox: Sandbox): Stage {
  const placeholders = new Placeholders()
  return {
    sandbox,
    placeholders,
    async send(client, form) {
      const body = await (await post(sandbox, client, form)).text()
      placeholders.learnResponse(body)
      return JSON.parse(body)
    },
  }
}

const authorization = (client: string) => `Basic ${btoa(client)}`

function post(sandbox: Sandbox, client: string, form: Fields): Promise<Response> {
  return sandbox.fetch(tokenRequest.url, {
    method: tokenRequest.method,
    headers: { authorization: authorization(client), 'content-type': tokenRequest.contentType },
    body: new URLSearchParams(form).toString(),
  })
}
