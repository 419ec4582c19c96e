import { Args } from '@oclif/core'
import { ManagementCommand, productFlag, yesFlag } from '../../management/management-command.ts'
import { formatOutcome } from '../../output/text.ts'

export class ClientsDelete extends ManagementCommand {
  static override summary = 'Delete an OAuth client of a product, or of your account.'
  static override description =
    'Asks in a terminal. The client gets no tokens any more. Whether the tokens that it has end with it is not known.'
  static override examples = ['<%= config.bin %> <%= command.id %> backend-1a2b3c --product 1234 --yes']
  static override args = {
    id: Args.string({ ignoreStdin: true, required: true, description: 'The id of the client.' }),
  }
  static override flags = { ...productFlag, ...yesFlag }

  async run() {
    const { args, flags } = await this.parse(ClientsDelete)
    const { deleteOAuthClient } = await import('@particle-grants/management')
    const { id } = args
    const api = await this.api()
    await this.confirm(`Delete the OAuth client ${id}? Programs that use it get no tokens any more.`, flags)
    const options = { product: flags.product, id }
    await this.progress('Deleting the OAuth client', () => deleteOAuthClient(api, options))
    this.print(formatOutcome('success', `Deleted the OAuth client ${id}`))
    this.caution('Tokens that the client has got may be valid until they expire.')
    return { id, deleted: true }
  }
}
