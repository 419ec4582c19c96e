import { leaveOut, long } from '@particle-grants/test-kit/programs'
import { describe } from 'vitest'

/** Registers tests for the long runs alone: what installs from the registry, or waits in real time. */
export function describeLong(title: string, body: () => void): void {
  if (!long) leaveOut(title, 'it is for the long runs: PARTICLE_GRANTS_LONG=1')
  describe.runIf(long)(title, body)
}
