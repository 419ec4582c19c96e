import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { generate } from './generate.ts'
import type { GeneratedFile } from './page.ts'

/** Runs a command of the generator, and returns its exit code. `docs` is the folder of the site. */
export async function main([command = 'write']: readonly string[], docs: string): Promise<number> {
  if (command === 'api') return api(docs)
  const files = await generate()
  const stale = files.filter((file) => isStale(file, docs))
  if (command === 'check') return report(files, stale)
  for (const file of stale) write(file, docs)
  print(`${files.length} files, ${stale.length} of them changed.`)
  return 0
}

async function api(docs: string): Promise<number> {
  const { makeApiPages } = await import('./api/api.ts')
  const failed = await makeApiPages(docs)
  if (failed > 0) print(`The doc comments of ${failed} packages have problems: see above.`)
  return failed === 0 ? 0 : 1
}

function report(files: readonly GeneratedFile[], stale: readonly GeneratedFile[]): number {
  for (const { path } of stale) print(`docs/${path} is stale.`)
  print(stale.length === 0 ? `${files.length} generated files are up to date.` : 'Run: npm run generate')
  return stale.length === 0 ? 0 : 1
}

function isStale({ path, text }: GeneratedFile, docs: string): boolean {
  const file = join(docs, path)
  return !existsSync(file) || readFileSync(file, 'utf8') !== text
}

function write({ path, text }: GeneratedFile, docs: string): void {
  const file = join(docs, path)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text)
}

function print(line: string): void {
  process.stdout.write(`${line}\n`)
}
