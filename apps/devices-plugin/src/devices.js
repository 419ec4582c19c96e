// @ts-check
import { AuthenticatedCommand } from '@particle-grants/plugin-auth'

export class Devices extends AuthenticatedCommand {
  static summary = 'List your devices.'

  async run() {
    await this.parse(Devices)
    /** @type {{ id: string, name: string, online: boolean }[]} */
    const devices = await this.progress('Listing devices', () => this.callApi('/v1/devices'))
    for (const { id, name, online } of devices) this.print(`${id}  ${online ? 'online ' : 'offline'}  ${name}`)
    return devices
  }
}

export const commands = { devices: Devices }
