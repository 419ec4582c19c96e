import { styleText } from 'node:util'

type Style = Parameters<typeof styleText>[0]

/** Styles a text for a stream: plain where that is no terminal, or `NO_COLOR` is set. */
export function paint(
  style: Style,
  text: string,
  stream: { readonly isTTY?: boolean } = process.stdout,
): string {
  const { NO_COLOR, TERM } = process.env
  if (!stream.isTTY || (NO_COLOR !== undefined && NO_COLOR !== '') || TERM === 'dumb') return text
  return styleText(style, text)
}
