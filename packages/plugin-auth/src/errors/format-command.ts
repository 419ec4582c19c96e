import { particleUrl } from '@particle-grants/core/protocol'
import { defaultProfile } from '../connection/profiles.ts'
import type { Source } from '../connection/source.ts'
import type { CommandCall } from './cli-error.ts'

/** The program whose commands are printed, and the connection in use. */
export interface CommandContext {
  readonly bin: string
  /** Between the words of a command id. @default ' ' */
  readonly topicSeparator?: string | undefined
  /** Undefined: before a profile was chosen. */
  readonly source?: Source | undefined
}

/** Formats a command as it must be typed: with the program's name and the flags that lead to the connection in use. */
export function formatCommand({ bin, topicSeparator = ' ', source }: CommandContext, call: CommandCall) {
  const [id, ...args] = call
  // A help text is the same for every connection.
  const isHelp = args.includes('--help')
  const flags = source === undefined || isHelp ? [] : getConnectionFlags(id, source)
  return [bin, id.replaceAll(' ', topicSeparator), ...args.map(quote), ...flags].filter(Boolean).join(' ')
}

/** Commands that have fewer flags than `--profile`, `--base-url` and `--store`. */
const accepted: Readonly<Record<string, readonly string[]>> = {
  'auth logout': ['--profile'],
  'auth list': [],
  'auth switch': [],
  explain: [],
  grants: [],
  'auth exec': [],
  api: [],
}

/** The default profile and the profile's own base URL need no flags. */
function getConnectionFlags(id: string, source: Source): string[] {
  const flags: string[] = []
  const known = accepted[id] ?? ['--profile', '--base-url']
  const add = (flag: string, value: string) => {
    if (known.includes(flag)) flags.push(flag, value)
  }
  if (source.from === 'environment') {
    if (source.baseUrl !== particleUrl) add('--base-url', source.baseUrl)
    return flags
  }
  const { name, chosenBy, baseUrl, profile } = source
  if (name !== defaultProfile || chosenBy === 'flag') add('--profile', name)
  const own = (profile?.signIn ?? profile?.pending)?.baseUrl ?? particleUrl
  if (baseUrl !== undefined && baseUrl !== own) add('--base-url', baseUrl)
  return flags
}

/** Quotes an argument for a POSIX shell if it needs quotes. */
function quote(argument: string): string {
  return /^[\w@%+=:,./-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", "'\\''")}'`
}
