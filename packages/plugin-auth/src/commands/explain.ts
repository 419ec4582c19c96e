import { Args } from '@oclif/core'
import { type ErrorCode, GrantsError } from '@particle-grants/core'
import { GrantsCommand } from '../command/grants-command.ts'
import { CliError } from '../errors/cli-error.ts'
import { readStdin } from '../output/stdin.ts'
import { getWidth, wrap } from '../output/text.ts'

export class Explain extends GrantsCommand {
  static override summary = 'Explain a token endpoint response or error code.'
  static override description =
    'Finds the error in a response on stdin: what "curl -i" prints, or its JSON alone. Works offline; the response is not repeated.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> invalid_grant',
    '$ curl -si https://api.particle.io/oauth/token -u particle:particle \\\n    -d grant_type=password | <%= config.bin %> <%= command.id %>',
    '$ echo \'{"error":"mfa_required","mfa_token":"…"}\' | <%= config.bin %> <%= command.id %>',
  ]
  static override args = {
    code: Args.string({ ignoreStdin: true, description: 'An error code, such as invalid_grant.' }),
  }

  async run() {
    const { args } = await this.parse(Explain)
    const { errorCodes, explainErrorCode } = await import('@particle-grants/reference')
    const { findError, printErrorCode } = await import('../explain/error.ts')
    const given = args.code === undefined ? findError(await this.#readResponse()) : { error: args.code }
    if (given === undefined) throw nothingToExplain('There is no error in the input.')
    const code = given.error.trim().toLowerCase().replace(/[ -]/g, '_')
    const explanation = explainErrorCode(code, given.description)
    if (explanation === undefined) {
      const { suggest } = await import('../errors/wrong-call.ts')
      // A document has no lines.
      const width = this.jsonEnabled() ? Number.POSITIVE_INFINITY : (getWidth(process.stderr) ?? 80)
      const others = { remedy: wrap(`Error codes: ${errorCodes.join(', ')}.`, { width }) }
      // It may be a pasted token, so it is not repeated.
      throw new CliError('usage', { what: 'Unknown error code.', ...(suggest('explain', code, errorCodes) ?? others) })
    }
    const remedy = this.describe(new GrantsError(explanation.code as ErrorCode, '', {}))
    this.print(printErrorCode(explanation, remedy))
    return { error: code, explanation }
  }

  async #readResponse(): Promise<string> {
    if (process.stdin.isTTY) throw nothingToExplain('Nothing to explain.')
    return (await readStdin({ remedy: 'Pipe a response in, or pass an error code.' })).toString('utf8')
  }
}

function nothingToExplain(what: string): CliError {
  const remedy = 'Pipe the response to a failed request in, or pass an error code:'
  return new CliError('usage', { what, remedy, command: ['explain', 'invalid_grant'] })
}
