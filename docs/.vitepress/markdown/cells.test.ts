import { createMarkdownRenderer } from 'vitepress'
import { expect, it } from 'vitest'
import { fittingCells } from './cells.ts'

const markdown = await createMarkdownRenderer('.')
fittingCells(markdown)

it('each cell says what its column is called, and which cells have nothing to say', () => {
  const html = markdown.render('| `error` | Meaning |\n| --- | --- |\n| `sso_user` | see **there** |\n| other | - |\n')
  expect(html).toContain('<td data-label="error">')
  expect(html).toContain('<td data-label="Meaning">see')
  expect(html).toContain('<td data-label="Meaning" class="nothing">-</td>')
})

it('long names may break in a table, and nowhere else', () => {
  const html = markdown.render('`client_may_authorize`\n\n| a |\n| --- |\n| `client_may_authorize` `sso_user` |\n')
  const [outside, inside] = html.split('<table')
  expect(outside).not.toContain('<wbr>')
  expect(inside).toContain('>client_<wbr>may_<wbr>authorize<')
  expect(inside).toContain('>sso_user<')
})
