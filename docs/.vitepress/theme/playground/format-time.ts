const units = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1000],
] as const
const relative = new Intl.RelativeTimeFormat('en')

/** Formats a time in UTC, to the second. */
export function formatTime(time: number): string {
  return `${new Date(time).toISOString().slice(0, 19).replace('T', ' ')} UTC`
}

/** Formats the distance between two times in the largest unit that fits: `in 90 days`, `2 hours ago`. */
export function formatDistance(from: number, to: number): string {
  const past = from - to
  const [unit, ms] = units.find(([, ms]) => Math.abs(past) >= ms) ?? ['second', 1000]
  return relative.format(-Math.trunc(past / ms), unit)
}
