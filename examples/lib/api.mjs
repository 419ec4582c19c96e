// @ts-check
import { fail } from './fail.mjs'

/**
 * The names of the devices that a session's account may see, as a list to print.
 * @param {{ fetch(path: string): Promise<Response> }} session
 */
export async function deviceNames(session) {
  const answer = await session.fetch('/v1/devices')
  const devices = await answer.json().catch(() => undefined)
  if (!answer.ok || !Array.isArray(devices)) fail(`The API answers ${answer.status}, and no list of devices.`)
  return devices.map(({ name }) => name).join(', ') || 'none'
}
