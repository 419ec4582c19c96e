import { Args, Flags } from '@oclif/core'
import { GrantsCommand } from '../../command/grants-command.ts'
import { CliError } from '../../errors/cli-error.ts'

/** `auth explain`: what an answer of the token endpoint means, and what to do. */
export class AuthExplain extends GrantsCommand {
  static override summary = 'Explain an answer of the token endpoint, or an error code.'
  static override description =
    'Reads an answer on standard input: the whole of it as "curl -i" prints it, or its JSON. Offline; tokens in it are not repeated.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> invalid_grant',
    'curl -si https://api.particle.io/oauth/token -u particle:particle -d grant_type=password | <%= config.bin %> <%= command.id %>',
    'echo \'{"error":"mfa_required","mfa_token":"…"}\' | <%= config.bin %> <%= command.id %>',
  ]
  static override args = {
    code: Args.string({ ignoreStdin: true, description: 'An error code, such as invalid_grant.' }),
  }
  static override flags = {
    sources: Flags.boolean({ summary: 'Say of each fact where it is known from.' }),
  }

  async run() {
    const { args, flags } = await this.parse(AuthExplain)
    const [{ plainly, withSources }, { readGiven }, { wholeInput }] = await Promise.all([
      import('../../explain/document.ts'),
      import('../../explain/read-answer.ts'),
      import('../../explain/whole-input.ts'),
    ])
    const say = flags.sources ? withSources : plainly
    if (args.code !== undefined) return this.#explainCode(args.code, say)
    if (process.stdin.isTTY) throw nothingGiven()
    const given = readGiven(await wholeInput())
    if (given.kind === 'nothing') throw nothingGiven()
    if (given.kind === 'code') return this.#explainCode(given.code, say)
    const [{ answerText, explainAnswer }, { setDocument }] = await Promise.all([
      import('../../explain/answer-text.ts'),
      import('../../explain/document.ts'),
    ])
    const explained = explainAnswer(given.answer)
    if (!given.statusGiven) {
      this.note(`No status line came: ${explained.status} was taken for it. "curl -i" prints the status.`)
    }
    this.print(setDocument(answerText(explained, say)))
    return explained
  }

  async #explainCode(given: string, say: typeof import('../../explain/document.ts')['plainly']) {
    const [{ errorCodes, explainErrorCode }, { errorText }, { setDocument }, { nearestOf }] =
      await Promise.all([
        import('@particle-grants/reference'),
        import('../../explain/error-text.ts'),
        import('../../explain/document.ts'),
        import('../../errors/nearest.ts'),
      ])
    const code = given.trim().toLowerCase().replace(/[ -]/g, '_')
    const explanation = explainErrorCode(code)
    if (explanation === undefined) {
      // It may be a token that somebody pasted: it is not repeated.
      throw new CliError('usage', {
        what: 'There is no such error code.',
        remedy: `The nearest that are known: ${nearestOf(code, errorCodes, 3).join(', ')}.`,
      })
    }
    this.print(setDocument(errorText(explanation, say)))
    return { error: code, explanation }
  }
}

function nothingGiven(): CliError {
  return new CliError('usage', {
    what: 'There is nothing to explain.',
    remedy:
      'Give an error code (%bin% auth explain invalid_grant), or pipe an answer in (curl -si … | %bin% auth explain).',
  })
}
