import type { Command } from '@oclif/core'
import { commands as authCommands } from '@particle-grants/plugin-auth/commands'
import { Autocomplete, AutocompleteCreate, AutocompleteScript } from './autocomplete.ts'
import { Api } from './commands/api.ts'
import { Sandbox } from './commands/sandbox.ts'

/** Every command, by its id: the plugin's, what this program adds, and shell completion. */
export const commands: Readonly<Record<string, Command.Class>> = {
  ...authCommands,
  api: Api,
  sandbox: Sandbox,
  autocomplete: Autocomplete,
  'autocomplete:create': AutocompleteCreate,
  'autocomplete:script': AutocompleteScript,
}
