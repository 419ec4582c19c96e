let ends: (() => void)[] | undefined

/** Runs `end` when this process ends. Vitest ends it with SIGTERM, after which Node emits no `exit` event. */
export function onProcessEnd(end: () => void): void {
  if (ends === undefined) {
    ends = []
    process.once('exit', () => {
      for (const run of ends ?? []) run()
    })
    process.once('SIGTERM', () => process.exit(143))
  }
  ends.push(end)
}
