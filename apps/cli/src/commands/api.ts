import { Args, Flags } from '@oclif/core'
import { AuthenticatedCommand } from '@particle-grants/plugin-auth'

/** `api`: one call of the API with the token, in the manner of `gh api`. */
export class Api extends AuthenticatedCommand {
  static override summary = 'Call the Particle API with the token.'
  static override description =
    `Sends a GET request, or POST if there are fields or an input, and prints the response. The token is sent only to the server that you signed in to, and is never printed.

Fields are sent as a JSON body, or in the query with -X GET. A key can be nested: -f params[led]=on, -f groups[]=lab.

Exit codes: 0 for 2xx, 3 if the token is invalid, 5 for 429, 6 for 5xx or no answer, 1 for everything else.`
  static override examples = [
    '<%= config.bin %> <%= command.id %> /v1/devices',
    "<%= config.bin %> <%= command.id %> /v1/devices --jq '.[].name'",
    '<%= config.bin %> <%= command.id %> -X PUT /v1/devices/0123456789abcdef01234567 -f name=kitchen',
    '<%= config.bin %> <%= command.id %> /v1/products/1234/devices --paginate',
    'echo \'{"arg":"on"}\' | <%= config.bin %> <%= command.id %> /v1/devices/0123456789abcdef01234567/led --input -',
  ]
  static override usage = '<%= command.id %> PATH [FLAGS]'
  static override args = {
    path: Args.string({
      ignoreStdin: true,
      description: 'Path of the API, such as /v1/devices.',
    }),
  }
  static override flags = {
    method: Flags.string({
      char: 'X',
      helpValue: 'METHOD',
      summary: 'HTTP method (default: GET, or POST with fields or an input).',
    }),
    'raw-field': Flags.string({
      char: 'f',
      multiple: true,
      multipleNonGreedy: true,
      helpValue: 'KEY=VALUE',
      summary: 'Add a string field.',
    }),
    field: Flags.string({
      char: 'F',
      multiple: true,
      multipleNonGreedy: true,
      helpValue: 'KEY=VALUE',
      summary: 'Add a typed field: true, false, null and numbers are JSON values; @FILE reads a file, @- stdin.',
    }),
    header: Flags.string({
      char: 'H',
      multiple: true,
      multipleNonGreedy: true,
      helpValue: 'NAME:VALUE',
      summary: 'Add a request header.',
    }),
    input: Flags.string({ helpValue: 'FILE', summary: 'Send this file as the body (use - for stdin).' }),
    include: Flags.boolean({ char: 'i', summary: 'Include the status and headers in the output.' }),
    paginate: Flags.boolean({ summary: 'Request all pages of a list.' }),
    jq: Flags.string({
      char: 'q',
      helpValue: 'FILTER',
      exclusive: ['json', 'silent', 'include'],
      summary: 'Filter the response with jq syntax.',
    }),
    silent: Flags.boolean({ summary: 'Do not print the response body.' }),
  }

  async run() {
    const { args, flags } = await this.parse(Api)
    const isTerminal = process.stdout.isTTY
    const [{ createRequest }, { sendPages }, format] = await Promise.all([
      import('../api/request.ts'),
      import('../api/pages.ts'),
      import('../api/response.ts'),
    ])
    // Mistakes are reported before the session is opened and anything is sent.
    const request = await createRequest(args.path ?? '', flags)
    const filter =
      flags.jq === undefined ? undefined : await (await import('../api/jq.ts')).compileJq(flags.jq, isTerminal)
    const session = await this.session()
    const send = async ({ method, path, headers, body }: typeof request) => {
      if (!headers.has('user-agent')) headers.set('user-agent', this.config.userAgent)
      const before = session.peekAccessToken()
      const response = await this.progress(`${method} ${path}`, () => session.fetch(path, { method, headers, body }))
      return format.readResponse(response, [before, session.peekAccessToken()])
    }

    const documents: object[] = []
    const output = { ...flags, isTerminal, filter }
    for await (const response of sendPages(request, { paginate: flags.paginate, send })) {
      process.exitCode = format.getExitCode(response)
      if (this.jsonEnabled()) documents.push(format.toDocument(response, flags.include))
      else {
        process.stdout.write(format.formatOutput(response, output))
        if (!format.isSuccess(response)) this.note(format.formatStatus(response))
      }
    }
    return flags.paginate ? documents : documents[0]
  }
}
