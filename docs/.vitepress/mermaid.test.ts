import { expect, it } from 'vitest'
import { figureOf } from './mermaid.ts'

const source = `flowchart LR
  accTitle: Who needs whom
  accDescr: Axios needs core, and core needs nothing.
  axios --> core
`

it('a diagram is drawn, with what it is called and what it says', () => {
  const figure = figureOf(source, '7')
  expect(figure).toMatch(/<svg [^>]*aria-labelledby="d7-title"/)
  expect(figure).toContain('<title id="d7-title">Who needs whom</title>')
  expect(figure).toContain('<figcaption v-pre>Axios needs core, and core needs nothing.</figcaption>')
  expect(figure).toContain('axios --&gt; core')
})

it('a diagram loads nothing and has no inline style', () => {
  expect(figureOf(source, '7')).not.toMatch(/<style|@import|https?:\/\/(?!www\.w3\.org\/)/)
})

it('two diagrams of a page do not share ids', () => {
  const ids = (id: string) => [...figureOf(source, id).matchAll(/ id="([^"]+)"/g)].map(([, found]) => found)
  expect(ids('1').filter((id) => ids('2').includes(id))).toEqual([])
})

it('what is written in a diagram stays text', () => {
  expect(figureOf('flowchart LR\n  accTitle: <img src=x>\n  a --> b\n', '1')).not.toContain('<img')
})
