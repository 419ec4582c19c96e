import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { fileOf } from './file-of.ts'
import { examples } from './run.ts'

const core = fileOf('packages/core/README.md')

describe("core's README", () => {
  it('lists exactly the error codes that exist', () => {
    const table = /^## Errors$([\s\S]*?)^## /m.exec(core)?.[1] ?? ''
    const rows = [...table.matchAll(/^\| (`.*?) \|/gm)].map(([, cell = '']) => cell)
    const named = rows.slice(1).flatMap((cell) => [...cell.matchAll(/`(\w+)`/g)].map(([, code]) => code))
    const details = fileOf('packages/core/src/errors.ts').split('interface ErrorDetails')[1]?.split('\n}')[0] ?? ''
    const codes = [...details.matchAll(/^ {2}(\w+): /gm)].map(([, code]) => code)
    expect(named.toSorted(), 'the table in packages/core/README.md').toEqual(codes.toSorted())
  })
})

describe('a README', () => {
  it.each(['README.md', 'examples/README.md'])('%s names commands that exist', (path) => {
    const { scripts } = JSON.parse(fileOf('package.json'))
    const text = fileOf(path)
    const commands = [...text.matchAll(/npm (?:run ([\w:]+)|(test))/g)].map(([, name, test]) => name ?? test)
    const files = [...text.matchAll(/node (examples\/[\w-]+\.mjs)/g)].map(([, file = '']) => file)
    expect(commands.filter((name) => name === undefined || !(name in scripts))).toEqual([])
    expect(files.filter((file) => !existsSync(join(examples, '..', file)))).toEqual([])
  })
})
