import { describeWithService } from '@particle-grants/test-kit/services'

const servers = [
  { service: 'redis', name: 'Redis', program: 'redis-server' },
  { service: 'valkey', name: 'Valkey', program: 'valkey-server' },
] as const

/** Registers tests for Redis and for Valkey: the store behaves the same on both. */
export function describeOnEachServer(title: string, body: (program: string, name: string) => void): void {
  for (const { service, name, program } of servers) {
    describeWithService(service, `${title} on ${name}`, () => body(program, name))
  }
}
