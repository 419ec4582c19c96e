import { Args } from '@oclif/core'
import { assertProfile, findProfile, formatAccount, type Profiles } from '@particle-grants/node/profiles'
import { GrantsCommand } from '../../command/grants-command.ts'
import { CliError } from '../../errors/cli-error.ts'
import { promptChoice } from '../../output/prompts.ts'
import { formatOutcome } from '../../output/text.ts'

export class AuthSwitch extends GrantsCommand {
  static override summary = 'Set the default profile.'
  static override description =
    'Without NAME, it switches to the other of two profiles, or prompts for one in a terminal.'
  static override examples = ['<%= config.bin %> <%= command.id %> work']
  static override args = { name: Args.string({ ignoreStdin: true, description: 'The profile to use.' }) }

  async run() {
    const { args } = await this.parse(AuthSwitch)
    const { profiles } = this.connections
    const name = args.name ?? (await this.#chooseProfile(await profiles.read()))
    await profiles.change((before) => {
      assertProfile(before, name)
      return { ...before, active: name }
    })
    this.print(formatOutcome('success', `The active profile is ${name}`))
    const used = await findProfile({}, profiles)
    if (used.name !== name) this.caution(`PARTICLE_GRANTS_PROFILE is set: commands use profile ${used.name}.`)
    return { active: name }
  }

  async #chooseProfile({ active, profiles }: Profiles) {
    const others = Object.entries(profiles).filter(([name]) => name !== active)
    const [only] = others
    if (others.length === 1 && only !== undefined) return only[0]
    if (others.length === 0) throw new CliError('usage', { what: 'There is no other profile.' })
    if (!this.canPrompt) {
      const names = others.map(([name]) => name).join(', ')
      throw new CliError('usage', { what: 'Which profile?', remedy: `Pass one of: ${names}.` })
    }
    const choices = others.map(([name, { signIn }]) => ({
      value: name,
      name: signIn === undefined ? name : `${name} (${formatAccount(signIn)})`,
    }))
    return promptChoice('Which profile?', choices)
  }
}
