import { parseArgs } from 'node:util'
import { completeSettings } from '../model/complete-settings.ts'
import type { Settings } from '../model/settings.ts'

/** What the command line asks for. */
export interface Arguments {
  readonly port: number
  readonly output: 'everything' | 'url' | 'json'
  readonly settings: Partial<Settings>
}

/** The text of `--help`. */
export const help = `particle-sandbox: a local Particle cloud for auth. Unofficial, not affiliated with Particle.

Usage
  particle-sandbox [options]

Options
  --port NUMBER     port on 127.0.0.1; 0 for any free one (default 8765)
  --json            print one line, {"url":"http://127.0.0.1:…"}, and nothing else
  --quiet           print the URL, and no accounts and requests
  --no-lockout      don't block an address after 10 failures in a row
  --no-rate-limit   don't limit an address to 100 token requests in 5 minutes
  --set NAME=VALUE  any setting of the README, as often as needed: --set otpReuse=true
  --version         print the version
  --help            print this

It serves until it is ended with Ctrl+C, SIGINT or SIGTERM.
`

/** Reads the command line, or says which text to print instead. Throws an Error that names what is wrong. */
export function readArguments(args: string[]): Arguments | 'help' | 'version' {
  const { values } = parseArgs({
    args,
    options: {
      port: { type: 'string', default: '8765' },
      json: { type: 'boolean', default: false },
      quiet: { type: 'boolean', default: false },
      'no-lockout': { type: 'boolean', default: false },
      'no-rate-limit': { type: 'boolean', default: false },
      set: { type: 'string', multiple: true, default: [] },
      help: { type: 'boolean', short: 'h', default: false },
      version: { type: 'boolean', short: 'v', default: false },
    },
  })
  if (values.help) return 'help'
  if (values.version) return 'version'
  return {
    port: readPort(values.port),
    output: readOutput(values),
    settings: {
      ...readSettings(values.set),
      ...(values['no-lockout'] && { lockout: false }),
      ...(values['no-rate-limit'] && { rateLimit: false }),
    },
  }
}

/** Values are JSON, or a text where they are none: `true`, `60`, `["product"]`, `issue`. */
function readSettings(pairs: readonly string[]): Partial<Settings> {
  const settings = Object.fromEntries(
    pairs.map((pair) => {
      const [, name, value = ''] = /^(\w+)=(.+)$/.exec(pair) ?? []
      if (name === undefined)
        throw new Error(`--set takes NAME=VALUE, as in --set otpReuse=true, not "${pair}"`)
      return [name, readValue(value)]
    }),
  )
  completeSettings(settings)
  return settings
}

function readValue(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

function readOutput({ json, quiet }: { json: boolean; quiet: boolean }): Arguments['output'] {
  if (json) return 'json'
  return quiet ? 'url' : 'everything'
}

function readPort(text: string): number {
  const port = Number(text)
  if (!/^\d+$/.test(text) || port > 65_535) {
    throw new Error(`--port is a number from 0 to 65535, not "${text}"`)
  }
  return port
}
