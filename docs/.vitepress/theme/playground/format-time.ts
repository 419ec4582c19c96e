const units = [
  { name: 'day', ms: 86_400_000 },
  { name: 'hour', ms: 3_600_000 },
  { name: 'minute', ms: 60_000 },
  { name: 'second', ms: 1000 },
] as const

/** Formats a time in UTC, to the second. */
export function formatTime(time: number): string {
  return `${new Date(time).toISOString().slice(0, 19).replace('T', ' ')} UTC`
}

/** Formats the distance between two times in the largest unit that fits: `in 90 days`, `2 hours ago`. */
export function formatDistance(from: number, to: number): string {
  const distance = Math.abs(to - from)
  const { name, ms } = units.find((unit) => distance >= unit.ms) ?? { name: 'second', ms: 1000 }
  const count = Math.floor(distance / ms)
  const text = `${count} ${name}${count === 1 ? '' : 's'}`
  return to > from ? `in ${text}` : `${text} ago`
}
