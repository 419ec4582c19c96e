import { type Fact, type Provenance, type SourceId, sources } from '@particle-grants/core/reference'
import type { Place } from '../place.ts'
import { escapeTags, list } from './markdown.ts'

/** As it stands within a line. A name keeps its capital. */
const lower = (text: string) => (text.startsWith('Particle') ? text : text[0]?.toLowerCase() + text.slice(1))

/** One source as a link that also says when it was last looked at. */
function sourceLink(id: SourceId, place: Place): string {
  const { title, lookedAt } = sources[id]
  return `[${lower(title)}](${place.to('reference/sources.md')}#${id} "last looked at ${lookedAt}")`
}

/** Where something is known from: small, behind it. */
export function from(provenance: Provenance, place: Place): string {
  return `<sup class="from">${provenance.map((id) => sourceLink(id, place)).join(', ')}</sup>`
}

/** A fact, and where it is known from. */
export function fact({ text, from: provenance }: Fact, place: Place): string {
  return `${escapeTags(text)} ${from(provenance, place)}`
}

/** Facts as a list. */
export function facts(all: readonly Fact[], place: Place): string {
  return list(all.map((one) => fact(one, place)))
}

/** The day on which the sources were last looked at: the oldest, where they differ. */
export function lookedAt(): string {
  return Object.values(sources)
    .map((source) => source.lookedAt)
    .toSorted()[0] as string
}
