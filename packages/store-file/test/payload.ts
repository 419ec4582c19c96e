/** What must not show anywhere but in the file of the record. */
export const planted = 'planted-5ecret-'

/** A value that is only whole when every part of it agrees with its count; larger than one block of a disk. */
export function payload(count: number): string {
  return JSON.stringify({ count, secrets: Array.from({ length: 300 }, () => `${planted}${count}`) })
}

/** The count of such a value, 0 for none; throws for one that is not whole. */
export function countOf(value: string | undefined): number {
  if (value === undefined) return 0
  const { count } = JSON.parse(value)
  if (value !== payload(count)) throw new Error('a value that nobody saved')
  return count
}
