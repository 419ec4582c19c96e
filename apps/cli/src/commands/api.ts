import { Args, Flags } from '@oclif/core'
import { AuthenticatedCommand, withResponseTimeout } from '@particle-grants/plugin-auth'
import { paint } from '@particle-grants/plugin-auth/quick'
import { createRequest, goToNextPage, wrongCall } from '../api/request.ts'
import { compileJq, formatFailure, formatResponse, getExitCode, readResponse, toDocument } from '../api/response.ts'

const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']

/** A flag that can be given several times. */
const repeatable = { multiple: true, multipleNonGreedy: true } as const

/** `api`: one call of the API with the token, in the manner of `gh api`. */
export class Api extends AuthenticatedCommand {
  static override summary = 'Call the Particle API with the token.'
  static override description =
    `Sends a GET request, or POST if there are fields or an input, and prints the response. The token is sent only to the server that you signed in to, and is never printed.

Fields are sent as a JSON body, or in the query with -X GET. A key can be nested: -f params[led]=on, -f groups[]=lab.

A redirect is followed for GET without own headers only: it could take them, or the fields, to another server.

Exit codes: 0 for 2xx, 3 if the token is invalid, 5 for 429, 6 for 5xx, no response or a web page, 1 for everything else.`
  static override examples = [
    'pgrants api /v1/devices',
    "pgrants api /v1/devices --jq '.[].name'",
    'pgrants api -X PUT /v1/devices/0123456789abcdef01234567 -f name=kitchen',
    'pgrants api /v1/products/1234/devices --paginate',
    'pgrants api /v1/devices/0123456789abcdef01234567/led --input - < body.json',
  ]
  static override usage = '<%= command.id %> PATH [FLAGS]'
  static override args = {
    path: Args.string({ ignoreStdin: true, description: 'Path of the API, such as /v1/devices, or its full URL.' }),
    second: Args.string({ ignoreStdin: true, hidden: true }),
  }
  static override flags = {
    method: Flags.option({
      char: 'X',
      options: [...methods, ...methods.map((name) => name.toLowerCase())],
      helpValue: 'METHOD',
      summary: 'HTTP method (default: GET, or POST with fields or an input).',
    })(),
    'raw-field': Flags.string({ ...repeatable, char: 'f', helpValue: 'KEY=VALUE', summary: 'Add a string field.' }),
    field: Flags.string({
      ...repeatable,
      char: 'F',
      helpValue: 'KEY=VALUE',
      summary: 'Add a typed field: true, false, null and numbers are JSON values; @FILE reads a file, @- stdin.',
    }),
    header: Flags.string({ ...repeatable, char: 'H', helpValue: 'NAME:VALUE', summary: 'Add a request header.' }),
    input: Flags.string({ helpValue: 'FILE', summary: 'Send this file as the body (use - for stdin).' }),
    include: Flags.boolean({ char: 'i', summary: 'Include the status and headers in the output.' }),
    paginate: Flags.boolean({ summary: 'Request all pages of a list.' }),
    jq: Flags.string({
      char: 'q',
      helpValue: 'FILTER',
      exclusive: ['json', 'silent'],
      summary: 'Filter the response with jq syntax.',
    }),
    silent: Flags.boolean({ summary: 'Do not print the response body.' }),
    verbose: Flags.boolean({
      summary: 'Print requests and responses on stderr, without secrets. [env: PARTICLE_GRANTS_DEBUG=api]',
    }),
  }

  async run() {
    const { args, flags } = await this.parse(Api)
    const isTerminal = process.stdout.isTTY
    if (args.second !== undefined) throw wrongCall('Too many arguments.', 'Write a method with -X: -X GET PATH.')
    // Mistakes are reported before the session is opened and anything is sent.
    const { url, init } = await createRequest(args.path, flags, await this.baseUrl())
    const filter = flags.jq === undefined ? undefined : await compileJq(flags.jq, isTerminal)
    if (!init.headers.has('user-agent')) init.headers.set('user-agent', this.config.userAgent)
    const session = await this.session()
    const documents: object[] = []
    for (;;) {
      const path = url.pathname + url.search
      const before = session.peekAccessToken()
      const send = (signal: AbortSignal) => session.fetch(path, { ...init, signal })
      const sent = await this.progress(`${init.method} ${path}`, () => withResponseTimeout(send))
      const response = await readResponse(sent, [before, session.peekAccessToken()])
      process.exitCode = getExitCode(response)
      if (this.jsonEnabled()) documents.push(toDocument(response, flags.include))
      else {
        process.stdout.write(formatResponse(response, { ...flags, isTerminal, filter }))
        const failure = formatFailure(`${init.method} ${url.pathname}`, response)
        if (!response.ok) this.note(`${paint('red', 'Error:', process.stderr)} ${failure}`)
      }
      if (!flags.paginate || !response.ok || !goToNextPage(url, response.json)) break
    }
    return flags.paginate ? documents : documents[0]
  }
}
