import { ManagementCommand, requiredProductFlag } from '../../management/management-command.ts'

export class CustomersList extends ManagementCommand {
  static override summary = 'List the customers of a product.'
  static override examples = ['<%= config.bin %> <%= command.id %> --product 1234']
  static override flags = requiredProductFlag

  async run() {
    const { flags } = await this.parse(CustomersList)
    const { listCustomers } = await import('@particle-grants/management')
    const api = await this.api()
    const { product } = flags
    const customers: { readonly name: string }[] = []
    await this.progress('Listing customers', async () => {
      for await (const { name } of listCustomers(api, { product })) customers.push({ name })
    })
    this.printTable(
      ['NAME'],
      customers.map(({ name }) => [name]),
    )
    return { customers }
  }
}
