import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { documentedPackages } from '../generator/sidebar.ts'
import { editPath, sourceOf } from './edit-links.ts'

const docs = fileURLToPath(new URL('..', import.meta.url))
const root = join(docs, '..')
const written = readdirSync(docs, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.md') && !/^(?:api|node_modules|\.vitepress|README)/.test(path))
  .map((path) => path.replaceAll('\\', '/'))

describe('a page is edited', () => {
  it.each(written)('in a file that is there: %s', (page) => {
    expect(existsSync(join(root, sourceOf(page))), sourceOf(page)).toBe(true)
  })

  it('where it is made from, if it is generated', () => {
    const isGenerated = (page: string) => /^<!-- Generated/m.test(readFileSync(join(docs, page), 'utf8'))
    const pages = written.filter(isGenerated)
    expect(pages.length).toBeGreaterThan(10)
    for (const page of pages) expect(sourceOf(page)).toMatch(/^packages\/reference\/src\//)
    for (const page of written.filter((one) => !isGenerated(one))) expect(sourceOf(page)).toBe(`docs/${page}`)
  })

  it.each(documentedPackages)("in a package's entry point, if it shows the API: %s", (name) => {
    expect(editPath(`api/${name}/index.md`)).toBe(`edit/main/packages/${name}/src/index.ts`)
  })

  it('in the entry point that it is about', () => {
    expect(sourceOf('api/core/machine.md')).toBe('packages/core/src/machine/index.ts')
    expect(() => sourceOf('api/core/nothing.md')).toThrow('api/core/nothing.md')
  })

  it('as a file, and looked at as a folder', () => {
    for (const page of written) {
      const [way = '', , ...path] = editPath(page).split('/')
      expect(way).toBe(statSync(join(root, ...path)).isDirectory() ? 'tree' : 'edit')
    }
  })
})
