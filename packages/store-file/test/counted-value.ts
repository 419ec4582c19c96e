/** A secret that must appear only in the record's file. */
export const planted = 'planted-5ecret-'

/** Returns a value whose parts all contain its count. It is larger than one block of a disk. */
export function createValue(count: number): string {
  return JSON.stringify({ count, secrets: Array.from({ length: 300 }, () => `${planted}${count}`) })
}

/** Returns the count of such a value, or 0 for none. Throws if the value is incomplete. */
export function readCount(value: string | undefined): number {
  if (value === undefined) return 0
  const { count } = JSON.parse(value)
  if (value !== createValue(count)) throw new Error('This value was never saved.')
  return count
}
