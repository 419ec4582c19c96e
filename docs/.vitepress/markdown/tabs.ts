import type { MarkdownRenderer } from 'vitepress'

const group = /^<!-- tabs -->\n([\s\S]*?)^<!-- end of tabs -->$/gm
const titled = /^\*\*(.+)\*\*\n\n```(\w*)$/gm

/**
 * Blocks of code between `<!-- tabs -->` and `<!-- end of tabs -->`, each under its name in bold, become tabs. A code host
 * shows them one after the other, with their names.
 */
export function tabsOfNamedBlocks(markdown: MarkdownRenderer): void {
  markdown.core.ruler.before('normalize', 'tabs-of-named-blocks', (state) => {
    state.src = asCodeGroups(state.src)
  })
}

/** The text with VitePress' code groups instead. */
export function asCodeGroups(text: string): string {
  return text
    .replaceAll('\r\n', '\n')
    .replaceAll(group, (_, blocks: string) => `::: code-group\n${blocks.replaceAll(titled, '```$2 [$1]')}:::`)
}
