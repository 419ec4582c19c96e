import { Secret, type Store } from '@particle-grants/core'
import { renderUnicodeCompact } from 'uqr'
import { CliError } from '../errors/cli-error.ts'
import { formatAttempts } from '../output/format.ts'
import { promptCode } from '../output/prompts.ts'
import { getWidth, paint, printNote, wrap } from '../output/text.ts'
import { takeCode } from '../totp/submit.ts'
import type { Enrollment, Mfa } from './mfa.ts'

const maxAttempts = 3

/** Shows the secret and prompts for its first code, up to three times. If it throws, nothing has changed. */
export async function enrollInTerminal(mfa: Mfa, enrollment: Enrollment): Promise<void> {
  process.stderr.write(`${formatSecret(enrollment, process.stderr)}\n\n`)
  const rejected = new Set<string>()
  while (rejected.size < maxAttempts) {
    const message = 'Enter the 6-digit code from your app:'
    const otp = await promptCode({ message, flag: '--keep-secret', rejected })
    if (await mfa.confirmEnrollment(enrollment, new Secret(otp))) return
    rejected.add(otp)
    const left = maxAttempts - rejected.size
    if (left > 0) printNote(`Particle rejected the code; ${formatAttempts(left)}. Wait for the next one.`)
  }
  throw new CliError('call_refused', {
    what: `${maxAttempts} codes were rejected. Two-step authentication is still off.`,
    remedy: "Check your device's clock, remove the entry from your authenticator app, and start again.",
  })
}

/** Stores the secret in the keyring and confirms it with its own code. If it throws, nothing has changed. */
export async function enrollUnattended(
  mfa: Mfa,
  enrollment: Enrollment,
  { username, steps }: { readonly username: string; readonly steps: Store },
): Promise<void> {
  const { key } = enrollment
  // Stored first: nothing else has the secret that signs in to the account.
  await mfa.saveKey(username, key)
  const otp = await takeCode({ key, account: mfa.getAccount(username), steps })
  // If there is no response, it may be on: then the secret is needed.
  if (await mfa.confirmEnrollment(enrollment, otp)) return
  await mfa.removeKey(username)
  throw new CliError('call_refused', {
    what: "Particle rejected the secret's own code. Two-step authentication is still off.",
    remedy: "Check this machine's clock.",
  })
}

function formatSecret({ key }: Enrollment, stream: NodeJS.WriteStream): string {
  const width = getWidth(stream) ?? 80
  const groups = key
    .toBase32()
    .reveal()
    .replace(/.{4}(?=.)/g, '$& ')
  const secret = wrap(groups, { first: '  ', width })
  const code = renderQrCode(key.toUri(), width, stream)
  if (code === undefined) {
    const text = 'Enter this secret in your authenticator app. The terminal is too narrow for the QR code.'
    return `${wrap(text, { width })}\n\n${secret}`
  }
  // Without another line, code, secret and prompt fit into 24 rows.
  return ['Scan this with your authenticator app, or enter the secret below it:', '', ...code, secret].join('\n')
}

/** Renders a QR code in half blocks; `undefined` if the terminal is too narrow. */
function renderQrCode(content: Secret, width: number, stream: NodeJS.WriteStream): string[] | undefined {
  for (const border of [2, 1]) {
    const code = renderUnicodeCompact(content.reveal(), { ecc: 'L', boostEcc: false, border })
    const lines = code.split('\n')
    // White on black in every color scheme: some cameras read no inverted code.
    if (lines.every((line) => line.length < width))
      return lines.map((line) => paint(['whiteBright', 'bgBlack'], line, stream))
  }
  return undefined
}
