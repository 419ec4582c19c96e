/** What the box says of what was pasted. Nothing in it is a secret, or longer than a line. */
export interface Explained {
  readonly heading: string
  /** What came, field by field; secrets are named and not shown. */
  readonly fields: readonly { readonly name: string; readonly value: string }[]
  readonly meaning: readonly string[]
  readonly remedy: string | undefined
  /** Where the site says more. */
  readonly links: readonly { readonly text: string; readonly link: string }[]
}

/** One line without anything that looks like a token: servers repeat what they were sent, people paste in the wrong place. */
export function readable(text: string): string {
  const line = text.replace(/\p{Cc}+/gu, ' ').replace(/\b(?=[\w-]*\d)[\w-]{16,}\b|[\w-]{32,}/g, '[hidden]')
  return line.length > 160 ? `${line.slice(0, 159)}…` : line
}
