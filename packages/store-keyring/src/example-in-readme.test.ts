import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { fences, typeErrors } from '@particle-grants/test-kit/samples'
import { expect, it } from 'vitest'

const folder = fileURLToPath(new URL('..', import.meta.url))

it("the README's example compiles", () => {
  const [example = ''] = fences(readFileSync(`${folder}README.md`, 'utf8'), 'ts')
  expect(example).toContain('keyringStore()')
  const given = "const username = 'dev@example.com'\nconst password = 'correct horse'\n"
  expect(typeErrors({ 'readme.ts': given + example }, folder)).toEqual([])
})
