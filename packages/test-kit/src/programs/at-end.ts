let ends: (() => void)[] | undefined

/** Runs when this process ends, also when Vitest ends it: that sends SIGTERM, of which Node tells no `exit`. */
export function atEnd(end: () => void): void {
  if (ends === undefined) {
    ends = []
    process.once('exit', () => {
      for (const run of ends ?? []) run()
    })
    process.once('SIGTERM', () => process.exit(143))
  }
  ends.push(end)
}
