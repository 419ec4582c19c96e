import type { AxiosStatic } from 'axios'
import { vi } from 'vitest'
import type { attachSession } from '../src/index.ts'

/** One of the supported versions of Axios, and this package as it is with that one installed. */
export interface Version {
  readonly name: string
  readonly axios: AxiosStatic
  readonly attachSession: typeof attachSession
}

/** The oldest supported version, one in between and the newest. */
export const versions: readonly Version[] = [
  await load('axios-oldest'),
  await load('axios-middle'),
  await load('axios'),
]

/** The newest one. */
export const newest = versions.at(-1) as Version

async function load(specifier: 'axios-oldest' | 'axios-middle' | 'axios'): Promise<Version> {
  vi.resetModules()
  vi.doUnmock('axios')
  const module = await importVersion(specifier)
  if (specifier !== 'axios') vi.doMock('axios', () => module)
  const { attachSession } = await import('../src/index.ts')
  const axios = module.default as unknown as AxiosStatic
  return { name: `Axios ${axios.VERSION}`, axios, attachSession }
}

async function importVersion(specifier: string): Promise<{ default: unknown }> {
  if (specifier === 'axios-oldest') return import('axios-oldest')
  return specifier === 'axios-middle' ? import('axios-middle') : import('axios')
}
