import type { MarkdownRenderer } from 'vitepress'

/** A table's header cell without text is read out as an empty header: it becomes a plain cell. */
export function emptyHeaders(markdown: MarkdownRenderer): void {
  markdown.core.ruler.push('empty-headers', ({ tokens }) => {
    for (const [index, token] of tokens.entries()) {
      const close = tokens[index + 2]
      if (token.type !== 'th_open' || tokens[index + 1]?.content !== '' || close === undefined) continue
      token.tag = 'td'
      close.tag = 'td'
    }
  })
}
