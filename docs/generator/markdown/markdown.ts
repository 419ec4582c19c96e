/** A cell of a table: no line break, and no pipe that would end it. */
function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ')
}

/** A table. Rows that are shorter than the head are filled up. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${head.map((_, at) => cell(cells[at] ?? '')).join(' | ')} |`
  return [line(head), `| ${head.map(() => '---').join(' | ')} |`, ...rows.map(line)].join('\n')
}

/** A list with one line for each item. */
export function list(items: readonly string[]): string {
  return items.map((item) => `- ${item}`).join('\n')
}

/** A numbered list. */
export function steps(items: readonly string[]): string {
  return items.map((item, at) => `${at + 1}. ${item}`).join('\n')
}

/**
 * A heading that a link finds by this name, on the site and on a code host: the two make different names of a
 * heading's text, so that the name stands in the heading itself.
 */
export function heading(level: 2 | 3 | 4, text: string, anchor?: string): string {
  const target = anchor === undefined ? '' : `<span id="${anchor}"></span>`
  return `${'#'.repeat(level)} ${target}${text}`
}

/** A fenced block. */
export function fence(language: string, text: string): string {
  return `\`\`\`${language}\n${text.trimEnd()}\n\`\`\``
}

/**
 * A component of the site. What is in it is shown where there are no components: on a code host and in the page's twin.
 */
export function component(tag: string, inWords: readonly string[]): string {
  return blocks(`<${tag}>`, inWords, `</${tag.replace(/ .*/, '')}>`)
}

/** Text as code. */
export function code(text: string): string {
  return text.includes('`') ? text : `\`${text}\``
}

/** Blocks, with a blank line between them; empty ones are left out. */
export function blocks(...parts: readonly (string | readonly string[])[]): string {
  return parts
    .flat()
    .filter((part) => part !== '')
    .join('\n\n')
}

/** Angle brackets outside of code would be taken for tags. */
export function escapeTags(text: string): string {
  return text
    .split(/(`[^`]*`)/)
    .map((part, at) => (at % 2 === 1 ? part : part.replaceAll('<', '&lt;')))
    .join('')
}
