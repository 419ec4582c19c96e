import { execFileSync, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll } from 'vitest'

const root = fileURLToPath(new URL('../../..', import.meta.url))

/** What the plugin needs of the workspace. */
export const pluginPackages = [
  'packages/core',
  'packages/reference',
  'packages/process-lock',
  'packages/store-file',
  'packages/store-keyring',
  'packages/node',
  'packages/sso',
  'packages/management',
  'packages/plugin-auth',
]

/** A folder that is there while the tests of a suite run: not where they are left out, and not afterwards. */
export function temporaryFolder(name: string): string {
  const folder = join(tmpdir(), `particle-grants-${name}-${randomUUID()}`)
  beforeAll(() => void mkdirSync(folder))
  afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }))
  return folder
}

/** Packs packages as npm publishes them. Returns the tarballs. They hold `dist`, which the project's `globalSetup` builds. */
export function pack(packages: readonly string[], folder: string): string[] {
  const pnpm = join(root, 'node_modules/.bin/pnpm')
  return packages.map((directory) => {
    const told = execFileSync(pnpm, ['pack', '--json', '--pack-destination', folder], {
      cwd: join(root, directory),
      encoding: 'utf8',
    })
    // The lines before are about `prepack`.
    return (JSON.parse(told.slice(told.indexOf('{'))) as { filename: string }).filename
  })
}

/** Installs packages with plain npm, flat, as users do. */
export function npmInstall(folder: string, packages: readonly string[], manifest: object = {}): void {
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, type: 'module', ...manifest }))
  const quiet = ['--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error']
  execFileSync('npm', ['install', '--ignore-scripts', ...quiet, ...packages], { cwd: folder, stdio: 'pipe' })
}

/** How a program ended. */
export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs a program of Node's to its end, with this environment alone. */
export function runNode(
  file: string,
  args: readonly string[],
  { env, stdin = '' }: { readonly env: Readonly<Record<string, string>>; readonly stdin?: string },
): Promise<Ended> {
  const child = spawn(process.execPath, [file, ...args], { env: { PATH: process.env.PATH, ...env } })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  // It may be gone before it reads.
  child.stdin.on('error', () => {})
  child.stdin.end(stdin)
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, stdout, stderr })))
}
