import { ends, questions } from './tree.ts'

/** One question on the way, and its answer. */
export interface Stop {
  readonly name: string
  readonly answer: string | undefined
}

/** Returns the questions that lead to a question or result: what the chooser shows. */
export function pathTo(place: string | undefined): readonly Stop[] {
  if (place === undefined || place === 'start') return [{ name: 'start', answer: undefined }]
  const [before] = Object.keys(questions).filter((name) => questions[name]?.answers.some(({ to }) => to === place))
  if (before === undefined) return [{ name: 'start', answer: undefined }]
  const way = before === 'start' ? [] : pathTo(before).slice(0, -1)
  const own = place in questions ? [{ name: place, answer: undefined }] : []
  return [...way, { name: before, answer: place }, ...own]
}

/** Returns the question or result that a link's query names, if it exists. */
export function readChoice(query: string): string | undefined {
  const name = new URLSearchParams(query).get('token') ?? ''
  return Object.hasOwn(ends, name) || Object.hasOwn(questions, name) ? name : undefined
}
