import type { StateArrow } from '@particle-grants/reference'

type ArrowEvents = Pick<StateArrow, 'from' | 'to'> & {
  readonly events: readonly string[]
  readonly rejectedEvents: readonly string[]
}

/** Describes an arrow as text: for the text alternative and the list below the diagram. */
export function describeArrow({ from, to, events, rejectedEvents }: ArrowEvents): string {
  const parts = [events.join(', '), rejectedEvents.length > 0 ? `rejected: ${rejectedEvents.join(', ')}` : '']
  const text = parts.filter((part) => part !== '').join('; ')
  return from === to ? `${from} stays: ${text}` : `${from} to ${to}: ${text}`
}
