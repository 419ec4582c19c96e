/** The explanation of a pasted text. Nothing in it is secret or longer than a line. */
export interface Explained {
  readonly heading: string
  /** The fields of the response. The values of secrets are hidden. */
  readonly fields: readonly { readonly name: string; readonly value: string }[]
  readonly meaning: readonly string[]
  readonly advice: readonly string[]
  /** The request to send next, as a curl command with the examples of the reference. */
  readonly nextRequest?: string
  /** The same request with the pasted `mfa_token`. Show it only when the reader wants to see it. */
  readonly filledRequest?: string
  readonly links: readonly { readonly text: string; readonly link: string }[]
}

/** Returns one line without anything that looks like a token: servers repeat what they received, users paste anywhere. */
export function toReadable(text: string): string {
  const line = text.replace(/\p{Cc}+/gu, ' ').replace(/\b(?=[\w-]*\d)[\w-]{16,}\b|[\w-]{32,}/g, '[hidden]')
  return line.length > 160 ? `${line.slice(0, 159)}…` : line
}
