import { renderMermaidSVG } from 'beautiful-mermaid'
import type { MarkdownRenderer } from 'vitepress'

/** Draws ```mermaid fences while the site is built, so that no page loads Mermaid. */
export function mermaidFences(markdown: MarkdownRenderer): void {
  const fence = markdown.renderer.rules.fence
  markdown.renderer.rules.fence = (...call) => {
    const [tokens, index] = call
    const token = tokens[index]
    if (token?.info.trim() === 'mermaid') return figureOf(token.content, String(index))
    return fence?.(...call) ?? ''
  }
}

/**
 * Returns a diagram as SVG in the page's colours. `accTitle` and `accDescr` become its title and text alternative;
 * the source is below it as text.
 */
export function figureOf(source: string, id: string): string {
  const title = /^\s*accTitle:\s*(.+)$/m.exec(source)?.[1] ?? 'Diagram'
  const text = /^\s*accDescr:\s*(.+)$/m.exec(source)?.[1]
  const bare = source.replace(/^\s*acc(?:Title|Descr):.*\n/gm, '')
  const drawn = renderMermaidSVG(bare, { transparent: true, font: 'Inter', padding: 12 })
  const svg = drawn
    // The library's style sheet loads a font from another host. The theme has the same rules.
    .replace(/<style>[\s\S]*?<\/style>/g, '')
    // It shrinks while its letters are readable, and scrolls below that width.
    .replace(/ style="[^"]*"/, ` style="min-width:${leastWidth(drawn)}px"`)
    .replace(/\b(id="|url\(#)/g, `$1d${id}-`)
    .replace('<svg ', `<svg role="img" aria-labelledby="d${id}-title" `)
    .replace(/(<svg [^>]*>)/, `$1<title id="d${id}-title">${escaped(title)}</title>`)
  const label = escaped(`${title}, diagram`)
  return [
    '<figure class="diagram">',
    `<div class="scroller" tabindex="0" role="group" aria-label="${label}" v-pre>${svg}</div>`,
    text === undefined ? '' : `<figcaption v-pre>${escaped(text)}</figcaption>`,
    `<details><summary>The diagram as text</summary><pre v-pre tabindex="0">${escaped(bare.trim())}</pre></details>`,
    '</figure>\n',
  ].join('')
}

/** Returns the smallest readable width: four fifths of the drawn width. */
function leastWidth(svg: string): number {
  return Math.ceil(Number(/ width="([\d.]+)"/.exec(svg)?.[1] ?? 640) * 0.8)
}

function escaped(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;')
}
