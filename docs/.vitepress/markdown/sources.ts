import type { MarkdownRenderer } from 'vitepress'
import titles from './sources.json' with { type: 'json' }

const references = /^(?:\[\^\w+\])+/
const definition = /^\[\^(\w+)\]: /gm

/**
 * Turns the footnotes of a fact into one quiet marker that names its sources, and the footnotes at the end of a page
 * into a list. A code host shows them as footnotes.
 */
export function sourceMarkers(markdown: MarkdownRenderer): void {
  markdown.core.ruler.before('normalize', 'source-definitions', (state) => {
    state.src = state.src.replaceAll(definition, (_, id: string) => `- <span id="source-${id}"></span>`)
  })
  markdown.inline.ruler.before('link', 'source-markers', (state, silent) => {
    const found = references.exec(state.src.slice(state.pos, state.posMax))?.[0]
    if (found === undefined) return false
    if (!silent) state.push('html_inline', '', 0).content = toMarker(found)
    state.pos += found.length
    return true
  })
}

function toMarker(found: string): string {
  const ids = [...found.matchAll(/\w+/g)].map(([id]) => id as keyof typeof titles)
  const names = ids.map((id) => titles[id]).join(', ')
  const unknown = ids[0] === 'unknown'
  const label = unknown ? 'Not known' : `Known from: ${names}`
  return `<a class="from${unknown ? ' unknown' : ''}" href="#source-${ids[0]}" aria-label="${label}">${toMark(ids[0])}</a>`
}

function toMark(id: string | undefined): string {
  return id === 'unknown' ? '?' : '○'
}
