import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fences, typeErrors, withoutTypes } from '@particle-grants/test-kit/samples'
import { describe, expect, it } from 'vitest'
import { fileOf } from './file-of.ts'
import { examples, runNode } from './run.ts'

const root = fileOf('README.md')
const core = fileOf('packages/core/README.md')

/** What the examples of core's README take for granted, here from a sandbox that stands in for the cloud. */
const given = `
import { createSandbox as cloud } from '@particle-grants/sandbox'
const particle = cloud()
globalThis.fetch = particle.fetch
const username = 'mfa@example.com'
const password = 'battery staple'
const accessToken = '0123456789abcdef0123456789abcdef01234567'
const [id, secret] = ['my-product-1234', 'product-secret']
let saved = ''
const save = async (text: string) => { saved = text }
const load = async () => saved
const askForCode = async () => {
  particle.clock.advance('30s')
  return particle.otp(username)
}
`

describe("the root's README", () => {
  const [first = ''] = fences(root, 'js', 'ts')

  it('begins with an example that runs, and prints what it says', async () => {
    const { code, stdout, stderr } = await runNode(['--input-type=module'], { input: first })
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const said = [...first.matchAll(/console\.log\(.*\) \/\/ (.*)/g)].map(([, output]) => output)
    expect(stdout.trim().split('\n')).toEqual(said)
  })

  it('has that example in a file as well', () => {
    expect(fileOf('examples/first.mjs')).toBe(first)
  })

  it('has no other program in it', () => {
    expect(fences(root, 'js', 'ts', 'mjs')).toHaveLength(1)
  })
})

describe("core's README", () => {
  const program = given + fences(core, 'ts').join('\n')

  it('has examples that compile, one after the other', () => {
    expect(typeErrors({ 'readme.ts': program }, examples)).toEqual([])
  })

  it('is checked by a compiler that sees errors', () => {
    expect(typeErrors({ 'readme.ts': `${given}\nparticle.otp(1)` }, examples)).toEqual([
      "readme.ts: Argument of type 'number' is not assignable to parameter of type 'string'.",
    ])
  })

  it('has examples that run, one after the other', async () => {
    const { code, stdout, stderr } = await runNode(['--input-type=module'], { input: withoutTypes(program) })
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatch(/^revoked\nSend the six digits /)
  })

  it('names every error code, and none that there is not', () => {
    const table = /^## Errors$([\s\S]*?)^## /m.exec(core)?.[1] ?? ''
    const rows = [...table.matchAll(/^\| (`.*?) \|/gm)].map(([, cell = '']) => cell)
    const named = rows.slice(1).flatMap((cell) => [...cell.matchAll(/`(\w+)`/g)].map(([, code]) => code))
    const details = fileOf('packages/core/src/errors/details.ts').split('interface ErrorDetails')[1] ?? ''
    const codes = [...details.matchAll(/^ {2}(\w+): /gm)].map(([, code]) => code)
    expect(named.toSorted(), 'the table in packages/core/README.md').toEqual(codes.toSorted())
  })
})

describe('every README here', () => {
  it.each(['README.md', 'examples/README.md'])('%s names commands that exist', (path) => {
    const { scripts } = JSON.parse(fileOf('package.json'))
    const text = fileOf(path)
    const commands = [...text.matchAll(/npm (?:run ([\w:]+)|(test))/g)].map(([, name, test]) => name ?? test)
    const files = [...text.matchAll(/node (examples\/[\w-]+\.mjs)/g)].map(([, file = '']) => file)
    expect(commands.filter((name) => name === undefined || !(name in scripts))).toEqual([])
    expect(files.filter((file) => !existsSync(join(examples, '..', file)))).toEqual([])
  })
})
