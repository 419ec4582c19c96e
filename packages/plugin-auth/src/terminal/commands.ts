/** What is known of the program at hand; oclif's config has it. */
export interface Program {
  readonly bin: string
  /** Between the words of a command: a blank, or a colon, which is oclif's own default. */
  readonly topicSeparator: string
  readonly commandIDs: readonly string[]
}

const noBreak = '\u00A0'

let inText: RegExp | undefined
let separator = ' '

/** Says how the program at hand is called, for the functions below. Without it, texts stay as they are. */
export function nameCommands({ bin, topicSeparator, commandIDs }: Program): void {
  // The longest first, or a topic would be found where its command stands.
  const ids = commandIDs.toSorted((one, other) => other.length - one.length)
  const names = ids.map((id) => id.split(':').map(escaped).join('[ :]')).join('|')
  const flags = '(?: --?[a-z][\\w-]*(?:[ =](?!-)[^\\s()]+)?)*'
  inText = new RegExp(`(?<![\\w-])(${escaped(bin)}) (${names})(${flags})(?![\\w-])`, 'g')
  separator = topicSeparator
}

/** Commands in a text, which names them with blanks (`bin auth login --profile work`), as the program takes them. */
export function withCommands(text: string): string {
  return replaced(text, ({ name, flags }) => `${name.replaceAll(' ', separator)}${flags}`)
}

/** The same, and no command can be broken at a blank until {@link breakable} has given those back. */
export function unbroken(text: string): string {
  return replaced(
    withCommands(text),
    ({ name, flags }) => `${name}${flags}`.replaceAll(' ', noBreak),
    noBreak,
  )
}

/** Undoes {@link unbroken}. */
export function breakable(text: string): string {
  return text.replaceAll(noBreak, ' ')
}

interface Found {
  readonly name: string
  readonly flags: string
}

function replaced(text: string, by: (found: Found) => string, blank = ' '): string {
  if (inText === undefined) return text
  return text.replace(inText, (...found) => {
    const [, bin, name, flags] = found as string[]
    return `${bin}${blank}${by({ name: name ?? '', flags: flags ?? '' })}`
  })
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}
