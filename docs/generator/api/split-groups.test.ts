import { expect, it } from 'vitest'
import { splitGroups } from './split-groups.ts'

const pages = splitGroups({
  'index.md':
    '# @x/y\n\nIntroduction.\n\n## Functions\n\n### login() {#login}\n\nSee [a](#options) and [b](machine.md#state).\n\n#### Returns\n\n## Interfaces\n\n### Options {#options}\n\n| <a id="property-age"></a> `age` |\n',
  'machine.md':
    '# @x/y/machine\n\n## Type Aliases\n\n### State {#state}\n\n[c](index.md#property-age)\n\n## References\n\n### z {#z}\n',
})

it('lists the names of each group on the page of the entry point, and explains them on a page of the group', () => {
  expect(Object.keys(pages)).toEqual([
    'index.md',
    'functions.md',
    'interfaces.md',
    'machine.md',
    'machine-type-aliases.md',
  ])
  expect(pages['index.md']).toBe(
    '# @x/y\n\nIntroduction.\n\n## Functions\n\n- [login()](functions.md#login)\n\n## Interfaces\n\n- [Options](interfaces.md#options)\n\n',
  )
  expect(pages['functions.md']).toMatch(/^# Functions of @x\/y\n\n## login\(\) \{#login\}\n[\s\S]*\n### Returns\n/)
})

it('leads every link to the page that has its anchor now', () => {
  expect(pages['functions.md']).toContain('[a](interfaces.md#options) and [b](machine-type-aliases.md#state)')
  expect(pages['machine-type-aliases.md']).toContain('[c](interfaces.md#property-age)')
})

it('leaves re-exports on the page of the entry point', () => {
  expect(pages['machine.md']).toContain('## References\n\n### z {#z}')
})
