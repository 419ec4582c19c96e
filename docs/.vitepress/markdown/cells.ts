import type { MarkdownRenderer } from 'vitepress'

type CoreRule = Parameters<MarkdownRenderer['core']['ruler']['push']>[1]
type Token = Parameters<CoreRule>[0]['tokens'][number]

/**
 * Makes tables fit on a phone, where a table becomes a list of its rows: each cell has the name of its column, and long
 * names in code may break after an underscore or a dot.
 */
export function fittingCells(markdown: MarkdownRenderer): void {
  markdown.core.ruler.push('fitting-cells', ({ tokens }) => {
    let labels: string[] = []
    let column = 0
    for (const [index, token] of tokens.entries()) {
      const inline = tokens[index + 1]
      if (token.type === 'table_open') labels = []
      if (token.type === 'tr_open') column = 0
      if (token.type === 'th_open') labels.push(describeHeader(token, inline, tokens[index + 2]))
      if (token.type !== 'td_open') continue
      describe(token, inline, labels[column])
      column += 1
    }
  })
  const code = markdown.renderer.rules.code_inline
  markdown.renderer.rules.code_inline = (...call) => {
    const [tokens, index] = call
    const html = code?.(...call) ?? ''
    return tokens[index]?.meta?.mayBreak ? breakable(html) : html
  }
}

/** Returns the text of a header cell. One without text would be read out as an empty header: it becomes a plain cell. */
function describeHeader(open: Token, inline: Token | undefined, close: Token | undefined): string {
  const text = textOf(inline)
  if (text === '') for (const token of [open, close]) if (token) token.tag = 'td'
  return text
}

function describe(cell: Token, inline: Token | undefined, label: string | undefined): void {
  if (label) cell.attrSet('data-label', label)
  if (isNothing(textOf(inline))) cell.attrJoin('class', 'nothing')
  for (const child of inline?.children ?? []) {
    if (child.type === 'code_inline') child.meta = { ...child.meta, mayBreak: true }
  }
}

/** The text of a cell without its marks. */
function textOf(inline: Token | undefined): string {
  return (inline?.children ?? []).map(({ content }) => content).join('')
}

/** Empty, or a dash that means nothing: a phone does not show it. */
function isNothing(text: string): boolean {
  return /^[-‐–]?$/.test(text.trim())
}

/** Breaks are allowed between two letters only, and in long names only. */
function breakable(html: string): string {
  return html.replace(/>([^<]{19,})</, (_, text: string) => `>${text.replace(/(?<=\w[_.])(?=\w)/g, '<wbr>')}<`)
}
