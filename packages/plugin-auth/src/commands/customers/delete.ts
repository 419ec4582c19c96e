import { Args } from '@oclif/core'
import { ManagementCommand, requiredProductFlag, yesFlag } from '../../management/management-command.ts'
import { formatOutcome } from '../../output/text.ts'

export class CustomersDelete extends ManagementCommand {
  static override summary = 'Delete a customer of a product, and so end its tokens.'
  static override description = 'Asks in a terminal.'
  static override examples = ['<%= config.bin %> <%= command.id %> jane@example.com --product 1234 --yes']
  static override args = {
    name: Args.string({ ignoreStdin: true, required: true, description: 'As customers list prints it.' }),
  }
  static override flags = { ...requiredProductFlag, ...yesFlag }

  async run() {
    const { args, flags } = await this.parse(CustomersDelete)
    const { deleteCustomer } = await import('@particle-grants/management')
    const { product } = flags
    const { name: customer } = args
    const api = await this.api()
    await this.confirm(`Delete the customer ${customer}? The tokens of the customer end at once.`, flags)
    await this.progress('Deleting the customer', () => deleteCustomer(api, { product, customer }))
    this.print(formatOutcome('success', `Deleted the customer ${customer}`))
    this.caution('The tokens of the customer are not valid any more.')
    return { name: customer, deleted: true }
  }
}
