import { Flags } from '@oclif/core'
import { ManagementCommand, outputFlag, productFlag, toTeamFlags } from '../../management/management-command.ts'

export class ClientsCreate extends ManagementCommand {
  static override summary = 'Create an OAuth client, and print its secret.'
  static override description =
    'The secret is shown this once. stdout has the secret alone; the id of the client is on stderr, and --json has both. With --product it is a client of the product, otherwise one of your account.'
  static override examples = ['<%= config.bin %> <%= command.id %> --product 1234 --name Backend --output secret.txt']
  static override flags = {
    ...productFlag,
    name: Flags.string({ required: true, summary: 'A name for people.' }),
    ...outputFlag,
  }

  async run() {
    const { flags } = await this.parse(ClientsCreate)
    const { createOAuthClient } = await import('@particle-grants/management')
    const { product, name, output } = flags
    this.ifUnknown = { what: 'OAuth client', command: ['clients list', ...toTeamFlags(flags)] }
    const api = await this.api()
    const create = () => createOAuthClient(api, { product, name })
    const { created, secret, file } = await this.createSecret(output, 'Creating the OAuth client', create)
    this.report(`Created the OAuth client ${created.id}. Its secret is not shown again.`)
    return { id: created.id, name: created.name ?? null, type: created.type ?? null, secret, file }
  }
}
