import type { Secret } from '@particle-grants/core'
import { renderUnicodeCompact } from 'uqr'
import { paint } from '../terminal/paint.ts'

/** Where a QR code is to be shown. */
export interface Place {
  readonly columns: number
  readonly stream: NodeJS.WriteStream
}

/** A QR code in half blocks, in lines; `undefined` where the terminal is too narrow for it. */
export function qrCode(content: Secret, { columns, stream }: Place): string[] | undefined {
  for (const border of [2, 1]) {
    const lines = renderUnicodeCompact(content.reveal(), { ecc: 'L', boostEcc: false, border }).split('\n')
    // White on black whatever the terminal's own colours are: some cameras take no negative.
    if (lines.every((line) => line.length < columns))
      return lines.map((line) => paint(['whiteBright', 'bgBlack'], line, stream))
  }
  return undefined
}
