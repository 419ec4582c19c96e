// @ts-check
import { fail } from './fail.mjs'

/**
 * Returns the names of a session's devices, separated by commas.
 * @param {{ fetch(path: string): Promise<Response> }} session
 */
export async function listDeviceNames(session) {
  const response = await session.fetch('/v1/devices')
  const devices = await response.json().catch(() => undefined)
  if (!response.ok || !Array.isArray(devices)) {
    fail(`The API responds with ${response.status}, not with a list of devices.`)
  }
  return devices.map(({ name }) => name).join(', ') || 'none'
}
