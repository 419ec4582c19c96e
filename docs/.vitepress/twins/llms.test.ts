import { describe, expect, it } from 'vitest'
import { listOf, wholeOf } from './llms.ts'

const twin = (path: string) => ({ path, text: `# ${path}\n\nAbout it. [Up](#top) [Else](./else.md)\n` })
const twins = ['decisions/a.md', 'api/core/machine.md', 'api/core/index.md', 'errors.md', 'index.md'].map(
  twin,
)
const site = {
  title: 'Site',
  description: 'What it is.',
  base: '/base/',
  sidebar: [
    { text: 'Reference', items: [{ link: '/errors' }] },
    { text: 'Packages', items: [{ link: '/api/core/' }] },
    { text: 'Project', items: [] },
  ],
}

describe('the list of twins', () => {
  it('has every one of them once, those that the sidebar does not name as well', () => {
    expect(listOf(twins, site)).toBe(`# Site

> What it is.

## Start

- [index.md](/base/index.md): About it.

## Reference

- [errors.md](/base/errors.md): About it.

## Packages

- [api/core/index.md](/base/api/core/index.md): About it.
- [api/core/machine.md](/base/api/core/machine.md): About it.

## Project

- [decisions/a.md](/base/decisions/a.md): About it.
`)
  })

  it('as one text has all but the API, and its links lead from anywhere', () => {
    const whole = wholeOf(twins, site)
    expect(whole.match(/^# .*$/gm)).toEqual(['# index.md', '# errors.md', '# decisions/a.md'])
    expect(whole).toContain('[Up](/base/errors.md#top) [Else](/base/else.md)')
  })
})
