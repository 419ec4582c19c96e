import { renderUnicodeCompact } from 'uqr'
import { hasUnicode, paint } from './text.ts'

/** Renders a QR code in half blocks; `undefined` if the terminal is too narrow, or has no such characters. */
export function renderQrCode(content: string, width: number, stream: NodeJS.WriteStream): string[] | undefined {
  if (!hasUnicode()) return undefined
  for (const border of [2, 1]) {
    const lines = renderUnicodeCompact(content, { ecc: 'L', boostEcc: false, border }).split('\n')
    // White on black in every color scheme: some cameras read no inverted code.
    if (lines.every((line) => line.length < width))
      return lines.map((line) => paint(['whiteBright', 'bgBlack'], line, stream))
  }
  return undefined
}
