/** Escapes what would end a table cell: line breaks and pipes. */
function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ')
}

/** Returns a table. Rows that are shorter than the head are padded. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${head.map((_, at) => cell(cells[at] ?? '')).join(' | ')} |`
  return [line(head), `| ${head.map(() => '---').join(' | ')} |`, ...rows.map(line)].join('\n')
}

/** Returns a list with one line for each item. */
export function list(items: readonly string[]): string {
  return items.map((item) => `- ${item}`).join('\n')
}

/** Returns a numbered list. */
export function steps(items: readonly string[]): string {
  return items.map((item, at) => `${at + 1}. ${item}`).join('\n')
}

/**
 * Returns a heading, with an anchor that works on the site and on a code host: the two derive different anchors from a
 * heading's text.
 */
export function heading(level: 2 | 3 | 4, text: string, anchor?: string): string {
  const target = anchor === undefined ? '' : `<span id="${anchor}"></span>`
  return `${'#'.repeat(level)} ${target}${text}`
}

/** Returns a fenced code block. */
export function fence(language: string, text: string): string {
  return `\`\`\`${language}\n${text.trimEnd()}\n\`\`\``
}

/**
 * Returns a component of the site. Its content is shown where there are no components: on a code host and in the
 * Markdown version of the page.
 */
export function component(tag: string, content: readonly string[]): string {
  return blocks(`<${tag}>`, content, `</${tag.replace(/ .*/, '')}>`)
}

/** Returns a part of a page that is collapsed at first. */
export function details(summary: string, content: readonly string[], anchor?: string): string {
  return blocks(
    anchor === undefined ? '<details>' : `<details id="${anchor}">`,
    `<summary>${summary}</summary>`,
    content,
    '</details>',
  )
}

/** Returns a text in an inline code span. */
export function code(text: string): string {
  return text.includes('`') ? text : `\`${text}\``
}

/** Joins blocks with an empty line between them. Empty blocks are left out. */
export function blocks(...parts: readonly (string | readonly string[])[]): string {
  return parts
    .flat()
    .filter((part) => part !== '')
    .join('\n\n')
}

/** Escapes angle brackets outside of code, which would be read as tags. */
export function escapeTags(text: string): string {
  return text
    .split(/(`[^`]*`)/)
    .map((part, at) => (at % 2 === 1 ? part : part.replaceAll('<', '&lt;')))
    .join('')
}
