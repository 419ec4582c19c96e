import { closest, distance } from 'fastest-levenshtein'

/** How many letters may be wrong. */
function getMaxDistance(word: string): number {
  return word.length < 5 ? 1 : 2
}

/** Returns the known word that a mistyped one is close to, if any. A word that is close to a known one is not a secret. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  if (known.length === 0) return undefined
  const found = closest(word, known)
  return distance(word, found) <= getMaxDistance(found) ? found : undefined
}

/** Returns the known words that are nearest to the given one, the nearest first. */
export function nearestOf(word: string, known: readonly string[], count: number): string[] {
  return known.toSorted((one, other) => distance(word, one) - distance(word, other)).slice(0, count)
}
