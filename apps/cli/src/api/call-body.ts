import { readFile } from 'node:fs/promises'
import { CliError, wholeStdin } from '@particle-grants/plugin-auth'

/** What a call sends besides its path. */
export interface CallBody {
  readonly params: Readonly<Record<string, string>> | undefined
  readonly data: Buffer | undefined
  readonly contentType: string | undefined
}

/** What the flags say of it. */
export interface BodyFlags {
  readonly field: readonly string[] | undefined
  readonly input: string | undefined
}

/** Fields go into the query of a call that has no body, and into a JSON body otherwise; a file goes as it is. */
export async function callBody(method: string, { field = [], input }: BodyFlags): Promise<CallBody> {
  const nothing = { params: undefined, data: undefined, contentType: undefined }
  const bodiless = method === 'GET' || method === 'HEAD'
  if (input !== undefined) {
    if (bodiless) {
      throw new CliError('usage', {
        what: `A ${method} has no body.`,
        remedy: 'Leave --input out; -f key=value puts a field into the query.',
      })
    }
    const data = await read(input)
    return { ...nothing, data, contentType: isJson(data) ? 'application/json' : 'application/octet-stream' }
  }
  if (field.length === 0) return nothing
  const fields = onceEach(field.map(parseField))
  if (bodiless) return { ...nothing, params: fields }
  return { ...nothing, data: Buffer.from(JSON.stringify(fields)), contentType: 'application/json' }
}

function parseField(given: string): [string, string] {
  const equals = given.indexOf('=')
  if (equals < 1) {
    // What was meant is not known, and may be secret: it is not repeated.
    throw new CliError('usage', {
      what: 'A field is written as key=value.',
      remedy: 'For example: -f name=kitchen',
    })
  }
  return [given.slice(0, equals), given.slice(equals + 1)]
}

/** Of two values, nobody can say which was meant. */
function onceEach(fields: readonly [string, string][]): Readonly<Record<string, string>> {
  const names = fields.map(([name]) => name)
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice === undefined) return Object.fromEntries(fields)
  throw new CliError('usage', {
    what: `The field ${JSON.stringify(twice)} is given more than once.`,
    remedy: 'Give it once, or send the whole body by --input.',
  })
}

async function read(input: string): Promise<Buffer> {
  if (input !== '-') {
    return readFile(input).catch((cause: NodeJS.ErrnoException) => {
      throw new CliError('usage', { what: `The file for --input could not be read (${cause.code}).`, cause })
    })
  }
  if (process.stdin.isTTY) {
    throw new CliError('no_input', {
      what: '--input - reads standard input, which is a terminal.',
      remedy: 'Pipe a body in, or name a file.',
    })
  }
  return wholeStdin({ remedy: 'End it, or name a file.' })
}

function isJson(data: Buffer): boolean {
  try {
    JSON.parse(data.toString('utf8'))
    return true
  } catch {
    return false
  }
}
