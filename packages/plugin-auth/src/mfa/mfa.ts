import { Secret, type Store } from '@particle-grants/core'
import type { Connection } from '@particle-grants/node/sessions'
import { calls } from '@particle-grants/reference'
import type { Reporter } from '../command/grants-command.ts'
import { CliError } from '../errors/cli-error.ts'
import {
  type ApiSession,
  callApi,
  type JsonObject,
  toApiError,
  toObject,
  unexpectedResponse,
} from '../network/api-call.ts'
import { formatAttempts } from '../output/format.ts'
import { promptCode } from '../output/prompts.ts'
import { renderQrCode } from '../output/qr-code.ts'
import { escapeControls, getWidth, wrap } from '../output/text.ts'
import { parseTotpKey, removeTotpKey, saveTotpKey, type TotpAccount, type TotpKey, takeCode } from '../totp/totp.ts'

/** The calls, and what an error says if one fails. */
const failures = {
  user: 'The account could not be read',
  start_mfa_enrolment: 'The set-up could not be started',
  confirm_mfa_enrolment: 'It could not be enabled',
  disable_mfa: 'It could not be disabled',
}

/** Two-step authentication of the signed-in account, by Particle's API. */
export type Mfa = Awaited<ReturnType<typeof openMfa>>

/** Reads the account. */
export async function openMfa({ session, baseUrl }: Connection) {
  const { username, mfa } = (await call(session, 'user')) ?? {}
  if (typeof username !== 'string' || escapeControls(username) !== username) {
    throw unexpectedResponse('it has no username')
  }
  const { enabled } = toObject(mfa)

  return {
    account: { baseUrl, username } satisfies TotpAccount,

    /** Undefined: the response does not say. */
    isEnabled: typeof enabled === 'boolean' ? enabled : undefined,

    /** Starts an enrollment. Until a code confirms it, nothing has changed. */
    async startEnrollment(): Promise<Enrollment> {
      const { mfa_token, secret, qr_url } = (await call(session, 'start_mfa_enrolment')) ?? {}
      if (typeof mfa_token !== 'string') throw unexpectedResponse('it has no mfa_token')
      const key = typeof secret === 'string' ? secret : findUri(String(qr_url))
      if (key === undefined) throw unexpectedResponse('it has no secret')
      return { mfaToken: new Secret(mfa_token), key: parseTotpKey(key, username) }
    },

    /** Enables two-step authentication. Returns whether the code was accepted. */
    async confirmEnrollment({ mfaToken }: Enrollment, otp: Secret): Promise<boolean> {
      const json = { mfa_token: mfaToken.reveal(), otp: otp.reveal() }
      const response = await call(session, 'confirm_mfa_enrolment', json)
      if (response === undefined) return false
      if (response.enrolled !== true) throw unexpectedResponse('it does not confirm the change')
      return true
    },

    /** Disables two-step authentication. Returns whether the password was accepted. */
    async disable(password: Secret): Promise<boolean> {
      return (await call(session, 'disable_mfa', { current_password: password.reveal() })) !== undefined
    },
  }
}

/** An enrollment that a code must confirm. */
export interface Enrollment {
  readonly mfaToken: Secret
  readonly key: TotpKey
}

/**
 * Returns `undefined` if the code or password in `json` is wrong. Particle answers 401 to it as to an invalid token, but
 * the session recognizes the latter by its error code.
 */
async function call(session: ApiSession, name: keyof typeof failures, json?: object): Promise<JsonObject | undefined> {
  const { method, path } = calls[name]
  const response = await callApi(session, path, { method, json })
  const { status, data } = response
  if (status >= 200 && status < 300) return toObject(data)
  const isTokenError = /^(?:invalid|expired)_token$/.test(String(toObject(data).error))
  if (status === 401 && json !== undefined && !isTokenError) return undefined
  throw toApiError(response, failures[name])
}

/** Returns the `otpauth:` URI: `qr_url`, or a parameter of it. The URL itself is never requested. */
function findUri(url: string): string | undefined {
  const parameters = URL.canParse(url) ? new URL(url).searchParams.values() : []
  return [url, ...parameters].find((value) => value.startsWith('otpauth:'))
}

// ─── Enrollment ──────────────────────────────────────────────────────────────────────────────────────────────────────

const maxAttempts = 3

/** Shows the secret and prompts for its first code, up to three times. If it throws, nothing has changed. */
export async function enrollInTerminal(mfa: Mfa, enrollment: Enrollment, { caution }: Reporter): Promise<void> {
  process.stderr.write(`${formatSecret(enrollment, process.stderr)}\n`)
  const rejected = new Set<string>()
  while (rejected.size < maxAttempts) {
    const otp = await promptCode('Enter the 6-digit code from your app:', rejected)
    if (await mfa.confirmEnrollment(enrollment, otp)) return
    rejected.add(otp.reveal())
    const left = maxAttempts - rejected.size
    if (left > 0) caution(`Particle rejected the code; ${formatAttempts(left)}. Wait for the next one.`)
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
  { keyring, steps }: { readonly keyring: Store; readonly steps: Store },
): Promise<void> {
  const { key } = enrollment
  const { account } = mfa
  // Stored first: nothing else has the secret that signs in to the account.
  await saveTotpKey(keyring, account, key)
  // If there is no response, it may be on: then the secret is needed.
  if (await mfa.confirmEnrollment(enrollment, await takeCode({ key, account, steps }))) return
  await removeTotpKey(keyring, account)
  throw new CliError('call_refused', {
    what: "Particle rejected the secret's own code. Two-step authentication is still off.",
    remedy: "Check this machine's clock.",
  })
}

function formatSecret({ key }: Enrollment, stream: NodeJS.WriteStream): string {
  const width = getWidth(stream) ?? 80
  const groups =
    key
      .toBase32()
      .reveal()
      .match(/.{1,4}/g) ?? []
  const secret = wrap(groups.join(' '), { first: '  ', width })
  const code = renderQrCode(key.toUri().reveal(), width, stream)
  if (code === undefined) {
    const text = "Enter this secret in your authenticator app. This terminal can't show its QR code."
    return `${wrap(text, { width })}\n\n${secret}`
  }
  // In 24 rows, only what is below the code remains visible.
  return [...code, 'Scan it with your authenticator app, or enter this secret:', secret].join('\n')
}
