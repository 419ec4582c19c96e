/** Where the published reference lives. The one place that knows. */
const referenceUrl = 'https://particle-grants.github.io/particle-grants'

/** The reference's anchor for an error code, of this package or of the wire. */
export function referenceLink(code: string): string {
  return `${referenceUrl}/errors#${code}`
}
