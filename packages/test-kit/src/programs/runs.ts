/** Whether the long runs were asked for, with `PARTICLE_GRANTS_LONG=1`. */
export const long = process.env.PARTICLE_GRANTS_LONG === '1'

/** How often something is repeated: a few times for everyone, in full where the long runs were asked for. */
export function rounds({ short, full }: { readonly short: number; readonly full: number }): number {
  return long ? full : short
}

/** Prints what a run counted, in one line that CI can be searched for. */
export function reportCounts(run: string, counts: Readonly<Record<string, number>>): void {
  const listed = Object.entries(counts).map(([name, count]) => `${name} ${count}`)
  process.stderr.write(`[counts] ${run}: ${listed.join(', ')}${long ? '' : ' (short run)'}\n`)
}

/** Says on stderr what this machine can't run. */
export function leaveOut(what: string, why: string): void {
  process.stderr.write(`[left out] ${what}: ${why}\n`)
}
