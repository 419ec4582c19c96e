import type { CommandInfo, FlagInfo, Manifest, PackageInfo } from '../manifest.ts'
import { environment, exitCodes, type Row, tokenEnvironment } from './topics.ts'

/** A part of a help page: a heading, then paragraphs, lines to copy, or a table. */
export interface Section {
  readonly heading: string
  readonly paragraphs?: readonly string[]
  readonly lines?: readonly string[]
  readonly rows?: readonly Row[]
}

/** A help page. Terminals and man pages print the same one. */
export interface HelpPage {
  /** The words after the program's name. */
  readonly words: readonly string[]
  readonly summary: string
  readonly sections: readonly Section[]
}

const bin = 'pgrants'

const examples = [
  `${bin} auth login`,
  `${bin} api /v1/devices`,
  `curl -H "$(${bin} auth token --format header)" https://api.particle.io/v1/devices`,
  '',
  '# without a Particle account, against a local sandbox',
  `${bin} sandbox`,
  `${bin} auth login --base-url http://127.0.0.1:8765`,
]

/** Returns the help page of a command, a topic, or the whole program. `undefined` if there is none. */
export function findPage(words: readonly string[], manifest: Manifest, pkg: PackageInfo): HelpPage | undefined {
  const id = words.join(':')
  if (id === '') return getRootPage(manifest, pkg)
  if (id === 'environment')
    return {
      words,
      summary: 'Environment variables',
      sections: [{ heading: 'ENVIRONMENT', rows: environment }],
    }
  if (id === 'exit-codes')
    return { words, summary: 'Exit codes', sections: [{ heading: 'EXIT CODES', rows: exitCodes }] }
  const command = findCommand(words, manifest)
  const below = listCommands(words, manifest, pkg)
  if (command !== undefined) return getCommandPage(command, below)
  if (below.length === 0) return undefined
  return {
    words,
    summary: pkg.oclif.topics?.[id]?.description ?? '',
    sections: [
      { heading: 'USAGE', lines: [`${[bin, ...words].join(' ')} COMMAND [FLAGS]`] },
      { heading: 'COMMANDS', rows: below },
      getMore([...words, 'COMMAND']),
    ],
  }
}

/** Returns the words before the first flag, without `help`. */
export function getWords(argv: readonly string[]): readonly string[] {
  const flag = argv.findIndex((word) => word.startsWith('-'))
  const words = flag === -1 ? argv : argv.slice(0, flag)
  return words.filter((word) => word !== 'help')
}

/** Returns the command that the words name. They may continue with its arguments. */
export function findCommand(words: readonly string[], { commands }: Manifest): CommandInfo | undefined {
  for (let count = words.length; count > 0; count -= 1) {
    const found = commands[words.slice(0, count).join(':')]
    if (found !== undefined) return count === words.length || hasArguments(found) ? found : undefined
  }
  return undefined
}

function hasArguments({ args, strict }: CommandInfo): boolean {
  return strict === false || Object.keys(args).length > 0
}

function getRootPage(manifest: Manifest, pkg: PackageInfo): HelpPage {
  return {
    words: [],
    summary: 'Sign in to Particle from a terminal or a script, and call its API. Unofficial.',
    sections: [
      { heading: 'USAGE', lines: [`${bin} COMMAND [FLAGS]`] },
      { heading: 'COMMANDS', rows: listCommands([], manifest, pkg) },
      {
        heading: 'FLAGS',
        rows: [
          ['-h, --help', 'Show help for any command.'],
          ['-v, --version', 'Show the version.'],
        ],
      },
      {
        heading: 'HELP TOPICS',
        rows: [
          ['environment', 'Environment variables, such as PARTICLE_ACCESS_TOKEN'],
          ['exit-codes', 'Exit codes'],
        ],
      },
      { heading: 'EXAMPLES', lines: examples },
      getMore(['COMMAND']),
    ],
  }
}

function getCommandPage(command: CommandInfo, below: readonly Row[]): HelpPage {
  const words = command.id.split(':')
  const fill = (text: string) =>
    text.replaceAll('<%= config.bin %>', bin).replaceAll('<%= command.id %>', words.join(' '))
  const args = Object.entries(command.args).map(([key, arg]) => ({ ...arg, name: key.toUpperCase() }))
  const operands = args.map(({ name, required }) => (required ? name : `[${name}]`))
  const usage = [command.usage ?? [...words, ...operands, '[FLAGS]'].join(' ')].flat().map(fill)
  return {
    words,
    summary: fill(command.summary ?? ''),
    sections: [
      { heading: 'USAGE', lines: usage.map((one) => `${bin} ${one}`) },
      {
        heading: 'DESCRIPTION',
        paragraphs: fill(command.description ?? '')
          .split('\n\n')
          .filter(Boolean),
      },
      { heading: 'COMMANDS', rows: below },
      { heading: 'ARGUMENTS', rows: args.map(({ name, description = '' }): Row => [name, description]) },
      ...getFlagSections(command),
      {
        heading: 'EXAMPLES',
        lines: (command.examples ?? []).flatMap((one, index) => getExample(one, index)).map(fill),
      },
      { heading: 'ENVIRONMENT', rows: 'profile' in command.flags ? tokenEnvironment : [] },
      getMore(below.length > 0 ? [...words, 'COMMAND'] : ['environment']),
    ].filter(
      ({ paragraphs = [], lines = [], rows = [] }: Section) => paragraphs.length + lines.length + rows.length > 0,
    ),
  }
}

/** The flags by their groups: first those without one, last the global ones. */
function getFlagSections({ flags }: CommandInfo): Section[] {
  const rank = (group: string) => ['', 'ACCOUNT', 'CREDENTIALS', 'TOKEN', 'GLOBAL'].indexOf(group)
  const groups = [...new Set(Object.values(flags).map(({ helpGroup = '' }) => helpGroup))]
  return groups
    .sort((one, other) => rank(one) - rank(other))
    .map((group) => ({
      heading: `${group} FLAGS`.trim(),
      rows: [
        ...Object.entries(flags)
          .filter(([, flag]) => (flag.helpGroup ?? '') === group && !flag.hidden)
          .map(([name, flag]): Row => [formatFlag(name, flag), flag.summary ?? flag.description ?? '']),
        ...(group === 'GLOBAL' ? [['-h, --help', 'Show help.'] as const] : []),
      ],
    }))
}

function formatFlag(name: string, flag: FlagInfo): string {
  const short = flag.char === undefined ? '    ' : `-${flag.char}, `
  if (flag.type === 'boolean') return `${short}--${flag.allowNo ? '[no-]' : ''}${name}`
  return `${short}--${name} ${flag.helpValue ?? flag.options?.join('|') ?? 'VALUE'}`
}

function getExample(example: NonNullable<CommandInfo['examples']>[number], index: number): string[] {
  const [description, command] =
    typeof example === 'string' ? [undefined, example] : [example.description, example.command]
  const comment = description === undefined ? [] : [...(index === 0 ? [] : ['']), `# ${description}`]
  return [...comment, command]
}

/** The commands and topics one level below these words. */
export function listCommands(words: readonly string[], { commands }: Manifest, pkg: PackageInfo): Row[] {
  const prefix = words.map((word) => `${word}:`).join('')
  const shown = Object.values(commands).filter(({ hidden, id }) => !hidden && id.startsWith(prefix))
  const names = new Set(shown.map(({ id }) => id.slice(prefix.length).split(':')[0] ?? ''))
  return [...names].sort().map((name) => {
    const id = `${prefix}${name}`
    return [name, commands[id]?.summary ?? pkg.oclif.topics?.[id]?.description ?? '']
  })
}

function getMore(words: readonly string[]): Section {
  const line = words[0] === 'environment' ? `${bin} help environment` : `${[bin, ...words].join(' ')} --help`
  return { heading: 'LEARN MORE', lines: [line] }
}
