import { readFileSync } from 'node:fs'
import type { MarkdownRenderer } from 'vitepress'

const opening = /^<(TokenLife|StateDiagram)(?: kind="(\w+)")?>/
const closing = /^<\/(?:TokenLife|StateDiagram)>/

/** Puts the drawings of the generator into their pages, above the text that a code host shows there. */
export function drawings(markdown: MarkdownRenderer): void {
  const block = markdown.renderer.rules.html_block
  markdown.renderer.rules.html_block = (...call) => {
    const [tokens, index] = call
    const html = tokens[index]?.content ?? ''
    if (closing.test(html)) return '</figure>'
    const [found, tag, kind = 'states'] = opening.exec(html) ?? []
    if (found === undefined) return block?.(...call) ?? ''
    const svg = readFileSync(new URL(`../drawings/${kind}.svg`, import.meta.url), 'utf8')
    const title = tag === 'TokenLife' ? 'The timeline of this token' : 'The states of a session'
    return `<figure class="drawing"><div class="scroller" tabindex="0" role="img" aria-label="${title}" v-pre>${svg}</div>`
  }
}
