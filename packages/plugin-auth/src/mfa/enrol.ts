import { GrantsError, Secret } from '@particle-grants/core'
import { CliError } from '../errors/cli-error.ts'
import { promptOutput } from '../terminal/interactive.ts'
import { askText } from '../terminal/prompts.ts'
import { fold } from '../terminal/rows.ts'
import { widthOf } from '../terminal/width.ts'
import { type TotpSteps, takeCode } from '../totp/index.ts'
import type { Enrolment } from './mfa-api.ts'
import type { Mfa } from './open-mfa.ts'
import { qrCode } from './qr-code.ts'

const maxAttempts = 3

/** What an enrolment is confirmed with. */
interface Confirming {
  readonly mfa: Mfa
  readonly enrolment: Enrolment
  readonly revokeTokens: boolean
}

/** Shows the secret and asks for its first code, three times at most. Nothing has changed where this throws. */
export async function enrolAtTerminal({ mfa, enrolment, revokeTokens }: Confirming): Promise<void> {
  const output = promptOutput()
  output.write(`${invitation(enrolment, output).join('\n')}\n\n`)
  const rejected = new Set<string>()
  while (rejected.size < maxAttempts) {
    const otp = await askCode(rejected)
    if ((await mfa.api.confirm(enrolment, { otp: new Secret(otp), revokeTokens })) === 'done') return
    rejected.add(otp)
    const left = maxAttempts - rejected.size
    if (left > 0)
      output.write(
        `That code was rejected; ${left} ${left === 1 ? 'attempt' : 'attempts'} left. Wait for the next one.\n`,
      )
  }
  throw new CliError('call_refused', {
    what: `${maxAttempts} codes were rejected. Two-step authentication is still off.`,
    remedy:
      'Check the clock of the device that shows the codes, remove the entry from the authenticator, and start over.',
  })
}

/** Keeps the secret and confirms it with its own code. Where that fails, nothing is kept. */
export async function enrolUnattended(
  { mfa, enrolment, revokeTokens }: Confirming,
  { username, codes }: { readonly username: string; readonly codes: Omit<TotpSteps, 'key'> },
): Promise<void> {
  const { key } = enrolment
  // Before it is switched on, or an account could be left that nobody has the secret of.
  await mfa.keep(username, key)
  let came: 'done' | 'refused' | undefined
  try {
    came = await mfa.api.confirm(enrolment, { otp: await takeCode({ ...codes, key }), revokeTokens })
  } finally {
    // Without an answer it may be on: then the secret is all there is.
    if (came === 'refused') await mfa.forget(username)
  }
  if (came === 'done') return
  throw new CliError('call_refused', {
    what: "Particle refused the secret's own code. Two-step authentication is still off.",
    remedy: "Check this machine's clock.",
  })
}

/** Whether the access token outlived the change; `undefined` where nobody answered. */
export async function stillSignedIn(mfa: Mfa): Promise<boolean | undefined> {
  try {
    await mfa.api.status()
    return true
  } catch (thrown) {
    const ended = CliError.isInstance(thrown)
      ? thrown.code === 'token_refused'
      : GrantsError.isInstance(thrown)
    return ended ? false : undefined
  }
}

function invitation({ key, secret }: Enrolment, stream: NodeJS.WriteStream): string[] {
  const columns = widthOf(stream) ?? 80
  const code = qrCode(key.uri(), { columns, stream })
  const groups = (secret.reveal().match(/.{1,4}/g) ?? []).join(' ')
  const typed = fold(`  ${groups}`, columns).join('\n')
  if (code === undefined) {
    const words = 'Type this secret into your authenticator. The terminal is too narrow for the QR code.'
    return [...fold(words, columns), '', typed]
  }
  // Nothing between code and secret: with the prompt they just fit into 24 lines.
  return ['Scan this with your authenticator, or type the secret below it:', '', ...code, typed]
}

async function askCode(rejected: ReadonlySet<string>): Promise<string> {
  for (;;) {
    const given = await askText({ message: 'Six digits that it shows now:', instead: '--keep-secret' })
    const otp = given.replace(/\s/g, '')
    if (rejected.has(otp)) promptOutput().write('That code was rejected already. Wait for the next one.\n')
    else if (/^\d{6}$/.test(otp)) return otp
    else promptOutput().write('A code has six digits.\n')
  }
}
