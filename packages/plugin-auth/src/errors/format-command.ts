import { particleUrl } from '@particle-grants/core/protocol'
import { defaultProfile, getBaseUrl, type Source } from '@particle-grants/node/profiles'
import { escapeControls } from '../output/text.ts'
import type { CommandCall } from './cli-error.ts'

/** The program whose commands are printed, and the connection in use. */
export interface CommandContext {
  readonly bin: string
  /** Between the words of a command id. @default ' ' */
  readonly topicSeparator?: string | undefined
  /** The command that runs, such as `auth:login`; undefined: none was found. */
  readonly commandId?: string | undefined
  /** Undefined: before a profile was chosen. */
  readonly source?: Source | undefined
}

/** Formats a command as it must be typed: with the program's name and the flags that lead to the connection in use. */
export function formatCommand({ bin, topicSeparator = ' ', source }: CommandContext, call: CommandCall) {
  const [id, ...args] = call
  // A help text is the same for every connection.
  const isHelp = args.includes('--help')
  const flags = source === undefined || isHelp ? [] : getConnectionFlags(call, source)
  return [bin, id.replaceAll(' ', topicSeparator), ...args.map(quote), ...flags].filter(Boolean).join(' ')
}

/** Converts the command in the details of an error: `['auth', 'login', '--profile', 'x']`. Flags end its id. */
export function toCommandCall(words: readonly string[] | undefined): CommandCall | undefined {
  if (words === undefined) return undefined
  const end = words.findIndex((word) => word.startsWith('-'))
  const id = words.slice(0, end === -1 ? undefined : end)
  return [id.join(' '), ...words.slice(id.length)]
}

/** Commands that are printed without the flags of a connection. */
const withoutFlags = ['auth list', 'auth switch', 'auth exec', 'api', 'explain', 'grants']

/** The default profile and the base URL of the profile's sign-in need no flags. */
function getConnectionFlags([id, ...args]: CommandCall, source: Source): string[] {
  const flags: string[] = []
  if (withoutFlags.includes(id)) return flags
  const known = id === 'auth logout' ? ['--profile'] : ['--profile', '--base-url']
  const add = (flag: string, value: string) => {
    if (known.includes(flag) && !args.includes(flag)) flags.push(flag, value)
  }
  if (source.from === 'environment') {
    if (source.baseUrl !== particleUrl) add('--base-url', source.baseUrl)
    return flags
  }
  const { name, chosenBy, profile } = source
  if (name !== defaultProfile || chosenBy === 'flag') add('--profile', name)
  // A command for another profile, or for one that only waits for its MFA code, may find no base URL there.
  const own = args.includes('--profile') ? particleUrl : (profile?.signIn?.baseUrl ?? particleUrl)
  const used = getBaseUrl(source)
  if (used !== own) add('--base-url', used)
  return flags
}

/** Quotes an argument for a POSIX shell if it needs quotes. */
function quote(argument: string): string {
  return /^[\w@%+=:,./-]+$/.test(argument) ? argument : `'${escapeControls(argument).replaceAll("'", "'\\''")}'`
}
