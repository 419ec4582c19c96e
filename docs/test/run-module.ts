import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { format, inspect } from 'node:util'
import type { Sandbox } from '@particle-grants/sandbox'
import type { Run } from '@particle-grants/test-kit/samples'
import { redirectParticle } from './redirect-particle.ts'

interface ModuleOptions {
  /** Receives what the module sends to Particle. */
  readonly server: string
  /** Is that server, and the identity provider. */
  readonly sandbox: Sandbox
  /** Added to this process's environment, without variables of Particle's. */
  readonly environment: Readonly<Record<string, string>>
}

/** Runs a module of JavaScript or TypeScript in this process. Call it for one module at a time. */
export async function runModule(text: string, { server, sandbox, environment }: ModuleOptions): Promise<Run> {
  // Next to the tests, so that Vitest loads samples like tests: packages come from their sources.
  const folder = mkdtempSync(join(import.meta.dirname, '.samples-'))
  const file = join(folder, 'sample.ts')
  writeFileSync(file, text)
  const printed = { stdout: '', stderr: '' }
  const restore = [captureConsole(printed), replaceEnvironment(environment), redirectParticle(server, sandbox)]
  try {
    await import(file)
    return { code: 0, ...printed }
  } catch (error) {
    return { code: 1, ...printed, stderr: `${printed.stderr}${inspect(error)}` }
  } finally {
    for (const undo of restore) undo()
    rmSync(folder, { recursive: true })
  }
}

function captureConsole(printed: { stdout: string; stderr: string }): () => void {
  const { log, warn, error } = console
  const printTo =
    (stream: 'stdout' | 'stderr') =>
    (...values: unknown[]) => {
      printed[stream] += `${format(...values)}\n`
    }
  Object.assign(console, { log: printTo('stdout'), warn: printTo('stderr'), error: printTo('stderr') })
  return () => void Object.assign(console, { log, warn, error })
}

function replaceEnvironment(added: Readonly<Record<string, string>>): () => void {
  const before = { ...process.env }
  for (const name of Object.keys(before)) if (name.startsWith('PARTICLE_')) delete process.env[name]
  Object.assign(process.env, added)
  return () => {
    for (const name of Object.keys(added)) delete process.env[name]
    Object.assign(process.env, before)
  }
}
