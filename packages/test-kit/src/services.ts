import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { reportSkipped } from './levels.ts'

/** The programs that a service needs, and how to install them. */
const services = {
  redis: { programs: ['redis-server'], install: 'apt-get install redis-server' },
  valkey: { programs: ['valkey-server'], install: 'apt-get install valkey-server' },
  keyring: {
    programs: ['dbus-run-session', 'gnome-keyring-daemon'],
    install: 'apt-get install gnome-keyring dbus',
  },
  zsh: { programs: ['zsh'], install: 'apt-get install zsh' },
  fish: { programs: ['fish'], install: 'apt-get install fish' },
} as const

/** A program outside npm that some tests run against. */
export type Service = keyof typeof services

/**
 * Registers tests that need a service. Without it they are skipped and one line says so; with the service's name in
 * `REQUIRED_SERVICES` (comma-separated) they fail instead. The body also runs without the service, to register the
 * tests by name: it must start the service in a hook or in a test.
 */
export function describeWithService(service: Service, title: string, body: () => void): void {
  const why = findMissing(service)
  if (why !== undefined && isRequired(service)) {
    describe(title, () => it(`finds ${service}`, () => expect.fail(why)))
    return
  }
  if (why !== undefined) reportSkipped(title, why)
  describe.runIf(why === undefined)(title, body)
}

/** Returns which programs of a service this machine lacks and how to install them, or nothing. */
export function findMissing(service: Service): string | undefined {
  const { programs, install } = services[service]
  const missing = programs.filter((program) => findProgram(program) === undefined)
  return missing.length === 0 ? undefined : `${missing.join(' and ')} not found (${install})`
}

/** Returns the path of a program on the PATH. */
export function findProgram(name: string): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter)
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path))
}

/** Whether a missing service is a failure. CI requires those that it installed. */
export function isRequired(service: string): boolean {
  return (process.env.REQUIRED_SERVICES ?? '').split(',').includes(service)
}
