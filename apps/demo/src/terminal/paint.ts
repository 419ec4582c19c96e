import { styleText } from 'node:util'

/** What a piece of the story looks like. Terminals choose the shades, so that light and dark ones both work. */
export type Style = 'title' | 'quiet' | 'request' | 'answer' | 'refusal' | 'state' | 'kept' | 'broken'

/** Gives a text its style, or leaves it plain. */
export type Paint = (style: Style, text: string) => string

const formats = {
  title: 'bold',
  quiet: 'dim',
  request: 'cyan',
  answer: 'green',
  refusal: 'yellow',
  state: 'magenta',
  kept: 'green',
  broken: 'red',
} as const

/** Paints with colours, or not at all. Whether there are any is the caller's to know, not `styleText`'s. */
export function createPaint(colours: boolean): Paint {
  if (!colours) return (_style, text) => text
  return (style, text) => styleText(formats[style], text, { validateStream: false })
}
