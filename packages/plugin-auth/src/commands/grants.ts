import { Args } from '@oclif/core'
import { GrantsCommand } from '../command/grants-command.ts'
import { CliError } from '../errors/cli-error.ts'

export class Grants extends GrantsCommand {
  static override summary = 'Explain the grant types of the token endpoint.'
  static override description =
    'Works offline. With TYPE: what it is for, who may use it, its fields, and a request for curl. --json has the whole reference.'
  static override examples = ['<%= config.bin %> <%= command.id %> mfa-otp']
  static override args = {
    type: Args.string({ ignoreStdin: true, description: 'A grant_type, with or without "urn:custom:".' }),
  }

  async run() {
    const { args } = await this.parse(Grants)
    const [text, { explainGrants, unsupportedGrants }] = await Promise.all([
      import('../explain/grant.ts'),
      import('@particle-grants/reference'),
    ])
    if (args.type === undefined) {
      this.print(text.printOverview(this.formatCommand('grants', 'password')))
      return { grants: explainGrants(), unsupportedGrants }
    }
    const found = text.findGrant(args.type)
    if (found === undefined) {
      const { suggest } = await import('../errors/wrong-call.ts')
      const types = explainGrants().map(({ type }) => type)
      const others = { remedy: `Grant types: ${types.join(', ')}. List them:`, command: ['grants'] } as const
      throw new CliError('usage', { what: 'Unknown grant type.', ...(suggest('grants', args.type, types) ?? others) })
    }
    if ('unsupported' in found) {
      this.print(text.printUnsupportedGrant(found.name, found.unsupported))
      return { unsupportedGrants: { [found.name]: found.unsupported } }
    }
    this.print(text.printGrant(found.grant))
    return { grants: [found.grant] }
  }
}
