// @ts-check
import { AuthenticatedCommand } from '@particle-grants/plugin-auth'

export class Devices extends AuthenticatedCommand {
  static summary = 'List your devices.'

  async run() {
    await this.parse(Devices)
    const http = await this.http()
    const { data: devices } = await this.progress('Asking for devices', () => http.get('/v1/devices'))
    for (const { id, name, online } of devices)
      this.print(`${id}  ${online ? 'online ' : 'offline'}  ${name}`)
    return devices
  }
}

export const commands = { devices: Devices }
