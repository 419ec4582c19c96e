import { type Fact, type Provenance, type SourceId, sources } from '@particle-grants/reference'
import type { Place } from '../place.ts'
import { escapeTags, list } from './markdown.ts'

/** Returns the references to the sources of a fact: footnotes, which the site turns into one marker. */
export function from(provenance: Provenance): string {
  return provenance.map((id) => `[^${id}]`).join('')
}

/** Returns a fact with its sources. */
export function fact({ text, from: provenance }: Fact): string {
  return `${escapeTags(text)}${from(provenance)}`
}

/** Returns facts as a list. */
export function facts(all: readonly Fact[]): string {
  return list(all.map(fact))
}

/** Returns the footnotes that a text refers to: one for each source. */
export function footnotes(text: string, at: Place): string {
  const used = new Set([...text.matchAll(/\[\^(\w+)\]/g)].map(([, id]) => id))
  return (Object.keys(sources) as SourceId[])
    .filter((id) => used.has(id))
    .map((id) => {
      const { title, trust, checkedOn } = sources[id]
      const read = id === 'unknown' || id === 'inferred' ? '' : ` Last read on ${checkedOn}.`
      return `[^${id}]: [${title}](${at.to('reference/sources.md')}#${id}). ${trust}${read}`
    })
    .join('\n')
}

/** The titles of the sources, for the markers of the site: a file, by its path from `docs/`. */
export function sourceTitlesFile(): { readonly path: string; readonly text: string } {
  const titles = Object.fromEntries(Object.entries(sources).map(([id, { title }]) => [id, title]))
  return { path: '.vitepress/markdown/sources.json', text: `${JSON.stringify(titles, undefined, 2)}\n` }
}
