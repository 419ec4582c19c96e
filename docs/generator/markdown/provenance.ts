import { type Fact, type Provenance, type SourceId, sources } from '@particle-grants/reference'
import type { Place } from '../place.ts'
import { escapeTags, list } from './markdown.ts'

/** Returns a title as it is written inside a sentence. A name keeps its capital letter. */
const lower = (text: string) => (text.startsWith('Particle') ? text : text[0]?.toLowerCase() + text.slice(1))

/** Returns a link to a source, with the date on which it was last read. */
function sourceLink(id: SourceId, place: Place): string {
  const { title, checkedOn } = sources[id]
  return `[${lower(title)}](${place.to('reference/sources.md')}#${id} "last read on ${checkedOn}")`
}

/** Returns the small links to the sources of a fact. */
export function from(provenance: Provenance, place: Place): string {
  return `<sup class="from">${provenance.map((id) => sourceLink(id, place)).join(', ')}</sup>`
}

/** Returns a fact with its sources. */
export function fact({ text, from: provenance }: Fact, place: Place): string {
  return `${escapeTags(text)} ${from(provenance, place)}`
}

/** Returns facts as a list. */
export function facts(all: readonly Fact[], place: Place): string {
  return list(all.map((one) => fact(one, place)))
}

/** Returns the day on which the sources were last read: the oldest one. */
export function checkedOn(): string {
  return Object.values(sources)
    .map((source) => source.checkedOn)
    .toSorted()[0] as string
}
