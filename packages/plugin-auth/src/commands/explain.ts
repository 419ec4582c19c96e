import { Args } from '@oclif/core'
import { GrantsCommand } from '../command/grants-command.ts'
import { CliError } from '../errors/cli-error.ts'
import { readStdin } from '../output/stdin.ts'

export class Explain extends GrantsCommand {
  static override summary = 'Explain a token endpoint response or error code.'
  static override description =
    'Reads a response from stdin, as "curl -i" prints it, or its JSON alone. Works offline; tokens in it are not repeated.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> invalid_grant',
    'curl -si https://api.particle.io/oauth/token -u particle:particle -d grant_type=password | <%= config.bin %> <%= command.id %>',
    'echo \'{"error":"mfa_required","mfa_token":"…"}\' | <%= config.bin %> <%= command.id %>',
  ]
  static override args = {
    code: Args.string({ ignoreStdin: true, description: 'An error code, such as invalid_grant.' }),
  }

  async run() {
    const { args } = await this.parse(Explain)
    if (args.code !== undefined) return this.#explainCode(args.code)
    if (process.stdin.isTTY) throw emptyInput()
    const { explainResponse, parseInput, printResponse } = await import('../explain/response.ts')
    const input = await readStdin({
      remedy: 'Pipe a response in, or pass an error code.',
      // A response has a few kB.
      maxBytes: 1024 * 1024,
      tooLong: 'Standard input has more than 1 MiB: this is not a response of the token endpoint.',
    })
    const given = parseInput(input.toString('utf8'))
    if (given === undefined) throw emptyInput()
    if (typeof given === 'string') return this.#explainCode(given)
    const explained = explainResponse(given.response)
    if (!given.hasStatus) {
      this.note(`The input has no status line; assumed ${explained.status}. "curl -i" prints the status.`)
    }
    this.print(printResponse(explained))
    return explained
  }

  async #explainCode(given: string) {
    const [{ errorCodes, explainErrorCode }, { printErrorCode }, { nearest }] = await Promise.all([
      import('@particle-grants/reference'),
      import('../explain/error-code.ts'),
      import('../errors/wrong-call.ts'),
    ])
    const code = given.trim().toLowerCase().replace(/[ -]/g, '_')
    const explanation = explainErrorCode(code)
    if (explanation === undefined) {
      const similar = nearest(code, errorCodes)
      // It may be a pasted token, so it is not repeated.
      throw new CliError('usage', {
        what: 'Unknown error code.',
        ...(similar !== undefined && { remedy: 'Did you mean this?', command: ['explain', similar] }),
      })
    }
    this.print(printErrorCode(explanation))
    return { error: code, explanation }
  }
}

function emptyInput(): CliError {
  return new CliError('usage', {
    what: 'Nothing to explain.',
    remedy: 'Pipe a response in, or pass an error code:',
    command: ['explain', 'invalid_grant'],
  })
}
