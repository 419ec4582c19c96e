import { ManagementCommand, readTeam, teamFlags } from '../../management/management-command.ts'

export class ApiUsersList extends ManagementCommand {
  static override summary = 'List the API users of a product or an organization.'
  static override description =
    'The list of a product may also have API users of other products of its organization. Names and scopes are shown if Particle sends them. Tokens are never listed.'
  static override examples = ['<%= config.bin %> <%= command.id %> --product 1234']
  static override flags = teamFlags

  async run() {
    const { flags } = await this.parse(ApiUsersList)
    const { listApiUsers } = await import('@particle-grants/management')
    const api = await this.api()
    const users = await this.progress('Listing API users', () => listApiUsers(api, readTeam(flags)))
    const rows = users.map(({ username, name, scopes, replaces }) => [username, name, scopes?.join(' '), replaces])
    this.printTable(['USERNAME', 'NAME', 'SCOPES', 'REPLACES'], rows)
    const empty = { name: null, scopes: null, productId: null, replaces: null }
    return { apiUsers: users.map((user) => ({ ...empty, ...user })) }
  }
}
