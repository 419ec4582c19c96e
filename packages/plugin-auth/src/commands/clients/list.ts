import { ManagementCommand, productFlag } from '../../management/management-command.ts'

export class ClientsList extends ManagementCommand {
  static override summary = 'List the OAuth clients of a product, or of your account.'
  static override description = 'Secrets are never listed.'
  static override examples = ['<%= config.bin %> <%= command.id %> --product 1234']
  static override flags = productFlag

  async run() {
    const { flags } = await this.parse(ClientsList)
    const { listOAuthClients } = await import('@particle-grants/management')
    const api = await this.api()
    const clients = await this.progress('Listing OAuth clients', () => listOAuthClients(api, flags))
    this.printTable(
      ['ID', 'NAME', 'TYPE'],
      clients.map(({ id, name, type }) => [id, name, type]),
    )
    return { clients: clients.map(({ id, name, type }) => ({ id, name: name ?? null, type: type ?? null })) }
  }
}
