import { Args, Flags } from '@oclif/core'
import { GrantsCommand } from '../../command/grants-command.ts'
import { CliError } from '../../errors/cli-error.ts'

/** `auth grants`: the reference of grant types, offline. */
export class AuthGrants extends GrantsCommand {
  static override summary = 'Explain the grant types of the token endpoint, offline.'
  static override description =
    'Without TYPE, all of them in short. With it: when to use it, who may, its fields, a request for curl, its answers and errors.'
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> password',
    '<%= config.bin %> <%= command.id %> mfa-otp --sources',
    '<%= config.bin %> <%= command.id %> client_credentials --json',
  ]
  static override args = {
    type: Args.string({
      ignoreStdin: true,
      description: 'A grant_type. The "urn:custom:" of Particle\'s own may be left out.',
    }),
  }
  static override flags = {
    sources: Flags.boolean({ summary: 'Say of each fact where it is known from.' }),
  }

  async run() {
    const { args, flags } = await this.parse(AuthGrants)
    const [{ findGrant, grantText, overview, unsupportedGrantText }, document, reference] = await Promise.all(
      [
        import('../../explain/grant-text.ts'),
        import('../../explain/document.ts'),
        import('@particle-grants/reference'),
      ],
    )
    if (args.type === undefined) {
      this.print(document.setDocument(overview(`${this.bin} auth grants`)))
      return { grants: reference.explainGrants(), unsupportedGrants: reference.unsupportedGrants }
    }
    const named = findGrant(args.type)
    if (named === undefined) {
      throw new CliError('usage', {
        what: 'There is no such grant type.',
        remedy: `One of these: ${reference
          .explainGrants()
          .map(({ type }) => type)
          .join(', ')}. See them all: %bin% auth grants`,
      })
    }
    if (named.kind === 'unsupported') {
      this.print(document.setDocument(unsupportedGrantText(named.name, named.entry)))
      return { unsupportedGrants: { [named.name]: named.entry } }
    }
    const say = flags.sources ? document.withSources : document.plainly
    this.print(document.setDocument(grantText(named.grant, say)))
    return { grants: [named.grant] }
  }
}
