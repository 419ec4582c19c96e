import { createSession, developerClient, type Secret } from '@particle-grants/core'
import { particleUrl } from '@particle-grants/core/protocol'
import { getVariable, saveRecord } from '@particle-grants/node/profiles'
import {
  finishSsoSignIn,
  particleIssuer,
  type StartedSsoSignIn,
  ssoClients,
  startSsoSignIn,
} from '@particle-grants/sso'
import { CliError } from '../errors/cli-error.ts'
import { platformFetch } from '../network/fetch.ts'
import { promptChoice, promptText } from '../output/prompts.ts'
import { renderQrCode } from '../output/qr-code.ts'
import { getWidth, paint } from '../output/text.ts'
import type { LoginInput } from './flags.ts'

/** Whose token a person got by signing in with a browser. It is valid, and nothing has stored it. */
export interface SsoToken {
  readonly username: string
  readonly accessToken: Secret
  readonly expiresAt: number | undefined
  readonly revoke: () => Promise<unknown>
}

/** Signs in through a company's SSO: shows a link and a code, and waits until the person has signed in with a browser. */
export async function signInWithBrowser(input: LoginInput): Promise<SsoToken> {
  const { flags, baseUrl, reporter } = input
  const issuer = getIssuer(input)
  const { clientId, save } = await chooseClient(input)
  // In memory: until it is complete, it belongs to no profile.
  const session = createSession({ client: developerClient(), baseUrl, fetch: platformFetch })
  const audience = flags['sso-audience'] ?? getVariable('PARTICLE_GRANTS_SSO_AUDIENCE') ?? 'api://default'
  const options = { clientId, audience, issuer, fetch: platformFetch }
  const started = await reporter.progress('Starting the sign-in', () => startSsoSignIn(options))
  await showPage(started, input, issuer)
  const { subject, tokens } = await reporter.progress('Waiting until you have signed in with the browser', () =>
    finishSsoSignIn(session, started),
  )
  await save()
  const { accessToken, expiresAt } = tokens
  const revoke = () => session.logout({ revoke: true })
  return { username: subject?.name ?? '', accessToken, expiresAt: expiresAt ?? undefined, revoke }
}

/** Returns the identity provider that was chosen; `undefined`: Particle's. Its tokens are for Particle's own API. */
function getIssuer({ flags, baseUrl }: LoginInput): string | undefined {
  const issuer = flags['sso-issuer'] ?? getVariable('PARTICLE_GRANTS_SSO_ISSUER')
  if (issuer !== undefined || baseUrl === particleUrl) return issuer
  throw new CliError('usage', {
    what: `Particle's identity provider is for ${particleUrl}, not for ${baseUrl}.`,
    remedy: 'Pass the one that belongs to it with --sso-issuer.',
  })
}

async function showPage(
  started: StartedSsoSignIn,
  { flags, canPrompt, reporter }: LoginInput,
  issuer = particleIssuer,
) {
  const { userCode, verificationUri, verificationUriComplete: link = verificationUri } = started
  assertOwnPages([verificationUri, link], issuer)
  const { stderr } = process
  reporter.note(
    `Sign in on this page:\n  ${paint('cyan', link, stderr)}\nIt shows this code:\n  ${paint('bold', userCode, stderr)}`,
  )
  reporter.note('Approve only if the page shows this code and you started this sign-in.')
  if (flags.qr) {
    const code = renderQrCode(link, getWidth(stderr) ?? 80, stderr)
    reporter.note(code?.map((line) => `  ${line}`).join('\n') ?? "This terminal can't show the QR code.")
  }
  if (canPrompt && !(await openBrowser(link))) reporter.note('Open the page yourself: there is no browser here.')
}

/** A page of another host could be an attacker's, who then gets the password. */
function assertOwnPages(pages: readonly string[], issuer: string): void {
  const own = new URL(issuer).hostname
  const other = pages.map((page) => new URL(page).hostname).find((hostname) => hostname !== own)
  if (other === undefined) return
  throw new CliError('network_error', {
    what: `The identity provider ${own} names a page of another host, ${other}. It was not opened.`,
    remedy: 'Check the issuer, and whether this network has a sign-in page or a proxy.',
  })
}

/** Opens a page, without a shell. Returns whether there is a browser: over ssh it would open on the wrong machine. */
async function openBrowser(page: string): Promise<boolean> {
  const { SSH_CONNECTION, DISPLAY, WAYLAND_DISPLAY, WSL_DISTRO_NAME } = process.env
  const hasDisplay = process.platform !== 'linux' || DISPLAY || WAYLAND_DISPLAY || WSL_DISTRO_NAME
  if (SSH_CONNECTION || !hasDisplay) return false
  const { default: open } = await import('open')
  return open(page).then(
    () => true,
    () => false,
  )
}

// ─── The client id ───────────────────────────────────────────────────────────────────────────────────────────────────

/** The record of the client id that was chosen. It is no secret. */
const settingKey = 'sso-client-id'

/** Returns the client id from the flag, the environment or the last sign-in. A person is asked once; `save` keeps the choice. */
async function chooseClient({ flags, canPrompt, promptProblem, connections, reporter }: LoginInput) {
  const given = flags['sso-client-id'] ?? getVariable('PARTICLE_GRANTS_SSO_CLIENT_ID')
  const store = await connections.stores.get('file')
  const known = given ?? (await store.load(settingKey))?.value
  if (known !== undefined) return { clientId: known, save: async () => {} }
  const what = [
    'The identity provider needs a client ID, and Particle has published none.',
    `The only known one is particle-cli's (${ssoClients.particleCli}), and whether other programs may use it is unknown.`,
  ].join(' ')
  if (!canPrompt) {
    throw new CliError('no_terminal', {
      what: [what, promptProblem].filter(Boolean).join(' '),
      remedy: 'Pass the one to use with --sso-client-id.',
    })
  }
  reporter.note(what)
  const clientId =
    (await promptChoice<string>('Which client ID?', [
      { value: ssoClients.particleCli, name: "particle-cli's" },
      { value: '', name: 'Another one' },
    ])) || (await promptText('Client ID:', { validate: (id) => (/^[!-~]+$/.test(id) ? undefined : 'Required.') }))
  return { clientId, save: () => saveRecord(store, settingKey, clientId) }
}
