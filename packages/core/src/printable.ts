/** Each run of characters that don't print, or that break the line, as one blank; none of them at the ends. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ').trim()
}

/** The beginning of a text: at most 200 characters, none of them cut in half. */
export function shortened(text: string): string {
  return text.length > 200 ? `${text.slice(0, 199).replace(/[\ud800-\udbff]$/, '')}…` : text
}
