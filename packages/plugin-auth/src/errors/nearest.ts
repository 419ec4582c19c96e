import { closest, distance } from 'fastest-levenshtein'

/** How many slips of the keyboard a word may be away from what was meant. */
function slips(word: string): number {
  return word.length < 5 ? 1 : 2
}

/** The one that a mistyped word nearly is, if any. What nearly is a known word is no secret, and may be repeated. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  if (known.length === 0) return undefined
  const found = closest(word, known)
  return distance(word, found) <= slips(found) ? found : undefined
}

/** The few known words that are nearest to a given one, the nearest first. */
export function nearestOf(word: string, known: readonly string[], count: number): string[] {
  const apart = new Map(known.map((one) => [one, distance(word, one)]))
  return known.toSorted((one, other) => (apart.get(one) ?? 0) - (apart.get(other) ?? 0)).slice(0, count)
}
