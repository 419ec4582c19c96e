import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it, onTestFinished } from 'vitest'

const compiler = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc')
const project = fileURLToPath(new URL('../tsconfig.build.json', import.meta.url))

/** Runs the compiler, and returns what it prints. */
function compile(args: readonly string[], cwd: string): Promise<string> {
  return new Promise((resolve) => {
    execFile(process.execPath, [compiler, ...args], { cwd }, (_, stdout) => resolve(stdout))
  })
}

it('the declarations compile with the library of ES2022, which has no Symbol.asyncDispose', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'particle-grants-declarations-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  expect(await compile(['-p', project, '--outDir', folder, '--noCheck'], folder)).toBe('')
  const entries = ['index', 'token', 'machine/index', 'protocol/index'].map((name) => join(folder, `${name}.d.ts`))
  const settings = '--lib es2022,dom --target es2022 --module nodenext --strict --exactOptionalPropertyTypes --noEmit'
  // No types of Node: those of version 20 declare the symbol, too.
  expect(await compile([...settings.split(' '), '--typeRoots', folder, ...entries], folder)).toBe('')
})
