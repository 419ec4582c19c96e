import { Args, Flags } from '@oclif/core'
import { AuthenticatedCommand, CliError } from '@particle-grants/plugin-auth'

const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']

/** `api`: one call of the API, as whoever is signed in. */
export class Api extends AuthenticatedCommand {
  static override summary = "Call Particle's API with the token."
  static override description =
    `Prints what the API answers. The token goes to the server that you signed in to and nowhere else, and is never printed.

The exit code follows the status: 0 for 2xx, 3 when the token is refused, 5 for 429, 6 for 5xx or no answer, 1 for anything else.`
  static override examples = [
    '<%= config.bin %> <%= command.id %> GET /v1/devices',
    '<%= config.bin %> <%= command.id %> PUT /v1/devices/0123456789abcdef01234567 -f name=kitchen',
    'echo \'{"arg":"on"}\' | <%= config.bin %> <%= command.id %> POST /v1/devices/0123456789abcdef01234567/led --input -',
    '<%= config.bin %> <%= command.id %> GET /v1/user --include',
  ]
  static override usage = '<%= command.id %> METHOD PATH [FLAGS]'
  // Not required: this command says itself what is missing, with an example.
  static override args = {
    method: Args.string({ ignoreStdin: true, description: methods.join(', ') }),
    path: Args.string({
      ignoreStdin: true,
      description: 'A path of the API, such as /v1/devices.',
    }),
  }
  static override flags = {
    field: Flags.string({
      char: 'f',
      multiple: true,
      multipleNonGreedy: true,
      helpValue: 'KEY=VALUE',
      exclusive: ['input'],
      summary: 'Send a field: in the query with GET, else in a JSON body. Once for each field.',
    }),
    input: Flags.string({ helpValue: 'FILE', summary: 'Send this file as the body; - for standard input.' }),
    include: Flags.boolean({ char: 'i', summary: 'Print status and headers, too.' }),
  }

  async run() {
    const { args, flags } = await this.parse(Api)
    const { method, path } = callOf(args)
    const [{ callBody }, { ownPath }, shown] = await Promise.all([
      import('../api/call-body.ts'),
      import('../api/own-path.ts'),
      import('../api/shown-answer.ts'),
    ])
    // What is wrong with the call is told before who is signed in.
    const url = ownPath(path)
    const { contentType, ...body } = await callBody(method, flags)
    const session = await this.session()
    const before = session.peekAccessToken()
    const came = await this.progress(`${method} ${path}`, () =>
      session.fetch(
        url + (body.params ? `${url.includes('?') ? '&' : '?'}${new URLSearchParams(body.params)}` : ''),
        {
          method,
          body: body.data ?? null,
          headers: { Accept: '*/*', ...(contentType !== undefined && { 'Content-Type': contentType }) },
        },
      ),
    )
    const answer = shown.withoutTokens(
      {
        status: came.status,
        statusText: came.statusText,
        headers: Object.fromEntries(came.headers),
        body: Buffer.from(await came.arrayBuffer()),
      },
      [before, session.peekAccessToken()],
    )
    process.exitCode = shown.exitCodeOf(answer)
    if (!this.jsonEnabled()) {
      process.stdout.write(shown.printed(answer, { include: flags.include, terminal: process.stdout.isTTY }))
      if (process.exitCode !== 0) this.note(`Particle answered ${answer.status}.`)
    }
    return shown.documentOf(answer, flags.include)
  }
}

/** Method and path, or an error that shows how the two are given. */
function callOf({ method = '', path = '' }: { method?: string | undefined; path?: string | undefined }) {
  const found = methods.find((one) => one === method.toUpperCase())
  if (found !== undefined && path !== '') return { method: found, path }
  const given = [method, path].find((one) => one.startsWith('/')) ?? '/v1/devices'
  throw new CliError('usage', {
    what: whatIsWrong(method, found),
    remedy: `One of ${methods.join(', ')} and a path, for example: %bin% api GET ${given}`,
  })
}

function whatIsWrong(method: string, found: string | undefined): string {
  if (found !== undefined || method === '') return 'A method and a path are needed.'
  return method.startsWith('/') ? 'The method comes before the path.' : 'There is no such method.'
}
