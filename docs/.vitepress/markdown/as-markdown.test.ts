import { expect, it } from 'vitest'
import { finishPage } from './as-markdown.ts'

const finish = (text: string, page: string) => finishPage(text, page, 'https://site.example/docs')

it.each([
  [
    '../../packages/core/README.md#react',
    'guides/start.md',
    'https://github.com/particle-grants/particle-grants/blob/main/packages/core/README.md#react',
  ],
  ['../public/openapi.json', 'reference/calls.md', 'https://site.example/docs/openapi.json'],
  ['./grants/README.md#which', 'index.md', 'https://site.example/docs/grants.md#which'],
  ['./password.md', 'grants/index.md', 'https://site.example/docs/grants/password.md'],
  ['../index.md', 'guides/sso.md', 'https://site.example/docs/index.md'],
  ['https://example.com/a.md', 'index.md', 'https://example.com/a.md'],
])('a link to %s of %s is the address %s in Markdown', (href, page, address) => {
  expect(finish(`[a](${href})`, page)).toBe(`[a](${address})`)
})

it('leaves code that looks like a link as it is', () => {
  expect(finish('`moves[id](session)`', 'index.md')).toBe('`moves[id](session)`')
})

it('has footnotes that a renderer links', () => {
  expect(finish('It expires.\\[^documented]', 'index.md')).toBe('It expires.[^documented]')
})

it('has the numbers of a chart as a table', () => {
  const text = finish('```chart\nguard: Sign-ins lost to the lockout\n```', 'performance.md')
  expect(text).toMatch(/^\| Sign-ins lost to the lockout \| % of the correct sign-ins lost \|\n\| --- \| --- \|\n/)
  expect(text).toMatch(/^\| a guess per 2 s, 1,000 an hour: the others, without \| [\d.]+ \|$/m)
})
