import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { fences, typeErrors } from '@particle-grants/test-kit/samples'
import { expect, it } from 'vitest'

const folder = fileURLToPath(new URL('..', import.meta.url))

it("the README's command compiles", () => {
  const [command = ''] = fences(readFileSync(`${folder}README.md`, 'utf8'), 'ts')
  expect(command).toContain('AuthenticatedCommand')
  expect(typeErrors({ 'readme.ts': command }, folder)).toEqual([])
})
