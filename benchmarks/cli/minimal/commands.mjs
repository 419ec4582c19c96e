import { Command } from '@oclif/core'

class Token extends Command {
  async run() {
    await this.parse(Token)
    this.log('a'.repeat(40))
  }
}

export const commands = { token: Token }
