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
