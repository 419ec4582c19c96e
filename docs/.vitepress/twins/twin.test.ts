import { describe, expect, it } from 'vitest'
import { fromTheRoot, summaryOf, titleOf, twinOf } from './twin.ts'

const page = `---
title: x
---
<!-- Generated.
     Do not edit -->

# \`password\`

**Username.** Signs in: an account. More.

<ClientOnly>
<TokenLife kind="developer">

In words.

</TokenLife>
</ClientOnly>

<ErrorBox />

<noscript>

Without scripts.

</noscript>

## <span id="fields"></span>Fields

A fact. [^reported][^unknown]

<!-- tabs -->

**curl**

\`\`\`sh
curl
<Component />
[a](../b.md)
\`\`\`

<!-- end of tabs -->

[Overview](../grants/README.md#which), [file](../public/openapi.json)
`

const place = { page: 'reference/x.md', base: '/base/' }

describe('the twin of a page', () => {
  it('is plain Markdown, with words instead of components and the names of what links lead to', () => {
    expect(twinOf(page, place)).toBe(`# \`password\`

**Username.** Signs in: an account. More.

In words.

Without scripts.

## <span id="fields"></span>Fields

A fact. [^reported][^unknown]

**curl**

\`\`\`sh
curl
<Component />
[a](../b.md)
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
      '[a](/base/grants/b.md#c "t") [d](/base/e.md) [f](/base/grants/a.md#g) [h](https://i.example/j) [k](/l.json)',
    )
  })

  it('has no date for a summary', () => {
    expect(summaryOf('# Title\n\n2026-11-23. What was decided. More.\n')).toBe('What was decided.')
  })

  it('has no summary where the page begins with a table', () => {
    expect(summaryOf('# Title\n\n| a | b |\n')).toBe('')
  })
})
