import { describe, expect, it } from 'vitest'
import { fromTheRoot, summaryOf, titleOf, twinOf } from './twin.ts'

const page = `<!-- Generated.
     Do not edit -->

# \`password\`

**Username.** Signs in: an account. More.

<ErrorBox />

## <span id="fields"></span>Fields

A fact. <sup class="from">[reported](../reference/sources.md#reported "last looked at"), [unknown](../reference/sources.md#unknown "x")</sup>

::: code-group

\`\`\`sh [curl]
curl
\`\`\`

:::

[Overview](../grants/README.md#which), [file](../public/openapi.json)
`

const place = { page: 'reference/x.md', base: '/base/' }

describe('the twin of a page', () => {
  it('is plain Markdown', () => {
    expect(twinOf(page, place)).toBe(`# \`password\`

**Username.** Signs in: an account. More.

## Fields

A fact. (reported, unknown)

curl:

\`\`\`sh
curl
\`\`\`

[Overview](../grants/index.md#which), [file](/base/openapi.json)
`)
  })

  it('has a title and a summary', () => {
    const twin = twinOf(page, place)
    expect([titleOf(twin), summaryOf(twin)]).toEqual(['password', 'Username.'])
  })

  it('keeps its links when it lies among others', () => {
    const text = '[a](./b.md#c "t") [d](../e.md) [f](#g) [h](https://i.example/j) [k](/l.json)'
    expect(fromTheRoot(text, '/base/grants/a.md')).toBe(
      '[a](/base/grants/b.md#c "t") [d](/base/e.md) [f](#g) [h](https://i.example/j) [k](/l.json)',
    )
  })

  it('has no summary where the page begins with a table', () => {
    expect(summaryOf('# Title\n\n| a | b |\n')).toBe('')
  })
})
