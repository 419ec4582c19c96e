import { describe } from 'vitest'

/** Whether this is `npm run test:stress`. */
export const isStressRun = process.env.STRESS === 'true'

/** How often a test repeats something: a few times in `npm test`, many times in `npm run test:stress`. */
export function rounds({ test, stress }: { readonly test: number; readonly stress: number }): number {
  return isStressRun ? stress : test
}

/** Registers tests for `npm run test:stress` only: they wait in real time, or install from the registry. */
export function describeStress(title: string, body: () => void): void {
  describe.runIf(isStressRun)(title, body)
}

/** Prints what a stress run counted, in one line that CI shows. */
export function reportCounts(run: string, counts: Readonly<Record<string, number>>): void {
  if (!isStressRun) return
  const listed = Object.entries(counts).map(([name, count]) => `${name} ${count}`)
  process.stderr.write(`[counts] ${run}: ${listed.join(', ')}\n`)
}

/** Prints which tests this machine cannot run and why, in one line. */
export function reportSkipped(what: string, why: string): void {
  process.stderr.write(`[skipped] ${what}: ${why}\n`)
}
