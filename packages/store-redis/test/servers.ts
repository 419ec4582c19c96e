import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { reportSkipped } from '@particle-grants/test-kit/levels'
import { describe, expect, it } from 'vitest'

/** What can be missing on a machine, and how to get it. */
const kinds = {
  redis: {
    program: 'redis-server',
    name: 'Redis',
    how: '`apt-get install redis-server` or `brew install redis`',
  },
  valkey: {
    program: 'valkey-server',
    name: 'Valkey',
    how: '`apt-get install valkey` or `brew install valkey`',
  },
} as const

/** A server that these tests run against. */
export type ServerKind = keyof typeof kinds

export const serverKinds = Object.keys(kinds) as ServerKind[]

/** Where the program lies on this machine, if it does. */
export function programOf(kind: ServerKind): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter)
  return folders.map((folder) => join(folder, kinds[kind].program)).find(isExecutable)
}

/** What must not be left out here: `PARTICLE_GRANTS_NEED=redis,keyring`. */
function isNeeded(kind: ServerKind): boolean {
  return (process.env.PARTICLE_GRANTS_NEED ?? '').split(',').includes(kind)
}

/** Says what this machine can't run, in one line, where that is so. */
export function sayWhatIsLeftOut(kind: ServerKind): void {
  const { name, program, how } = kinds[kind]
  if (programOf(kind) !== undefined) return
  reportSkipped(`store-redis on ${name}`, `there is no ${program} here. To run these tests: ${how}`)
}

/** Registers tests that need a server; where there is none, a test that holds that it is not called for either. */
function describeWith(kind: ServerKind, body: (program: string, name: string) => void): void {
  const program = programOf(kind)
  describe(`on ${kinds[kind].name}`, () => {
    if (program !== undefined) return body(program, kinds[kind].name)
    it('is left out, and nobody asked for it', () => {
      expect(
        isNeeded(kind),
        `PARTICLE_GRANTS_NEED names ${kind}, but there is no ${kinds[kind].program}`,
      ).toBe(false)
    })
  })
}

/** Registers tests for every kind of server: what holds on Redis has to hold on Valkey. */
export function describeWithEach(body: (program: string, name: string) => void): void {
  for (const kind of serverKinds) describeWith(kind, body)
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
