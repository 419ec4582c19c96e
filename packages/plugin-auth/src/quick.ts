import {
  findSource,
  getSignIn,
  hasCode,
  isFresh,
  loadToken,
  ProfileList,
  type ProfileSource,
  readStatus,
  Stores,
} from '@particle-grants/node/profiles'
import { formatStatus, statusExitCodes } from './connection/status.ts'
import { formatToken, getExpiryWarning, tokenFormats } from './connection/token.ts'

export { escapeControls, paint, wrap } from './output/text.ts'

/** What a command prints, and its exit code. */
export interface QuickAnswer {
  readonly stdout: string
  readonly stderr: string
  readonly exitCode: number
}

/** Returns the names of the profiles, for shell completion. */
export async function listProfileNames(): Promise<string[]> {
  return Object.keys((await new ProfileList(new Stores()).read()).profiles)
}

/** Returns the names that the commands `explain` and `grants` explain, for shell completion. */
export async function listReferenceNames(command: string): Promise<readonly string[]> {
  if (command !== 'explain' && command !== 'grants') return []
  const { errorCodes, explainGrants } = await import('@particle-grants/reference')
  return command === 'explain' ? errorCodes : explainGrants().map(({ type }) => type)
}

/**
 * Answers `auth token` with the stored token of a profile, before a framework or a session is loaded. Returns nothing if
 * the command must run: for a renewal, a token in the environment or an error, and for an unknown format.
 */
export async function quickToken(bin: string, given = 'plain'): Promise<QuickAnswer | undefined> {
  const format = tokenFormats.find((one) => one === given)
  if (format === undefined) return undefined
  return answerForProfile(bin, async (source, stores) => {
    const signIn = getSignIn(source)
    if (signIn === undefined) return undefined
    const token = await loadToken(signIn, { profile: source.name, store: await stores.get(signIn.store) })
    if (token === undefined || !isFresh(token)) return undefined
    const warning = getExpiryWarning(token, { bin, source })
    const stderr = warning === undefined ? '' : `! ${warning}\n`
    return { stdout: `${formatToken(token.tokens.accessToken.reveal(), format)}\n`, stderr, exitCode: 0 }
  })
}

/** Answers a plain `auth status` for a profile in the same way. */
export function quickStatus(bin: string): Promise<QuickAnswer | undefined> {
  return answerForProfile(bin, async (source, stores) => {
    const status = await readStatus(source, { stores })
    return { stdout: `${formatStatus(status, { bin })}\n`, stderr: '', exitCode: statusExitCodes[status.name] }
  })
}

type Answer = (source: ProfileSource, stores: Stores) => Promise<QuickAnswer | undefined>

/** A damaged record is reported here, because the store has moved it aside and the command would not find it. */
async function answerForProfile(bin: string, answer: Answer): Promise<QuickAnswer | undefined> {
  const stores = new Stores()
  try {
    const source = await findSource({}, new ProfileList(stores))
    return source.from === 'profile' ? await answer(source, stores) : undefined
  } catch (thrown) {
    if (!hasCode(thrown, 'store_damaged')) return undefined
    const { describeError, formatError } = await import('./errors/describe-error.ts')
    const error = describeError(thrown, { bin })
    return { stdout: '', stderr: `${formatError(error)}\n`, exitCode: error.exitCode }
  }
}
