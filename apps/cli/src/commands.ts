import type { Command } from '@oclif/core'
import { commands as authCommands } from '@particle-grants/plugin-auth/commands'
import { Api } from './commands/api.ts'
import { Completion } from './commands/completion.ts'
import { Sandbox } from './commands/sandbox.ts'

/** Every command, by its id: those of the plugin, and those of this program. */
export const commands: Readonly<Record<string, Command.Class>> = {
  ...authCommands,
  api: Api,
  sandbox: Sandbox,
  completion: Completion,
}
