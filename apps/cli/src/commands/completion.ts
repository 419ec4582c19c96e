import { Flags } from '@oclif/core'
import { GrantsCommand } from '@particle-grants/plugin-auth'

const shells = ['bash', 'zsh', 'fish', 'powershell'] as const

/** `completion`: the script that completes commands in a shell. */
export class Completion extends GrantsCommand {
  static override summary = 'Print the completion script of a shell.'
  static override description =
    'Load the script when the shell starts. It completes commands, flags, values and profile names.'
  static override examples = [
    { description: 'bash, in ~/.bashrc', command: 'eval "$(<%= config.bin %> <%= command.id %> -s bash)"' },
    {
      description: 'zsh, in ~/.zshrc after compinit',
      command: 'eval "$(<%= config.bin %> <%= command.id %> -s zsh)"',
    },
    {
      description: 'fish',
      command:
        '<%= config.bin %> <%= command.id %> -s fish > ~/.config/fish/completions/<%= config.bin %>.fish',
    },
    {
      description: 'PowerShell, in $PROFILE',
      command: '<%= config.bin %> <%= command.id %> -s powershell | Out-String | Invoke-Expression',
    },
  ]
  static override flags = {
    shell: Flags.option({ char: 's', options: shells, required: true, summary: 'The shell.' })(),
  }

  async run() {
    const { shell } = (await this.parse(Completion)).flags
    const { scripts } = await import('../completion-scripts.ts')
    const script = scripts[shell]
    this.print(script.trimEnd())
    return { shell, script }
  }
}
