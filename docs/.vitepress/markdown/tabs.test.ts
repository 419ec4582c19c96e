import { expect, it } from 'vitest'
import { asCodeGroups } from './tabs.ts'

const named = `**curl**

\`\`\`sh
curl
\`\`\`
`

it('named blocks between the marks become tabs', () => {
  expect(asCodeGroups(`A\n\n<!-- tabs -->\n\n${named}\n<!-- end of tabs -->\n\nB\n`)).toBe(
    'A\n\n::: code-group\n\n```sh [curl]\ncurl\n```\n\n:::\n\nB\n',
  )
})

it('other blocks stay as they are', () => {
  expect(asCodeGroups(named)).toBe(named)
})
