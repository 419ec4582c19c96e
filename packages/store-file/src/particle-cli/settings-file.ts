import { createHash, randomUUID } from 'node:crypto'
import { mkdir, readdir, realpath, unlink } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { processLock } from '@particle-grants/process-lock'
import { asStoreError, unavailable } from '../failures.ts'
import { readPrivateFile, replaceFile } from '../files.ts'

/** A file of particle-cli's, as it is: whatever keys, whatever values. */
export type Settings = Readonly<Record<string, unknown>>

/** The settings of a file, or nothing where there is none. One that can't be read is told, and left as it is. */
export async function readSettings(path: string): Promise<Settings | undefined> {
  return explained(path, async () => parse(path, await readPrivateFile(await target(path))))
}

/**
 * Changes some settings of a file and leaves the others as they are. Our own processes take turns; particle-cli takes
 * no lock, so that a change of its own in between is looked for right before ours takes effect.
 */
export async function changeSettings(
  path: string,
  change: (settings: Settings) => Settings | undefined,
): Promise<boolean> {
  return explained(path, async () => {
    // As particle-cli makes it, but for others to stay out.
    await mkdir(dirname(path), { recursive: true, mode: 0o700 })
    const locks = processLock({ directory: join(dirname(path), '.particle-grants-locks') })
    const name = createHash('sha256').update(basename(path)).digest('hex')
    return locks.exclusively(name, () => changeAlone(path, change))
  })
}

async function changeAlone(
  path: string,
  change: (settings: Settings) => Settings | undefined,
): Promise<boolean> {
  const file = await target(path)
  await sweep(file)
  for (let round = 1; ; round += 1) {
    const before = await readPrivateFile(file)
    const changed = change(parse(path, before) ?? {})
    if (changed === undefined) return false
    try {
      await replaceFile({
        path: file,
        temporary: join(dirname(file), `.${basename(file)}.${randomUUID()}.tmp`),
        content: JSON.stringify(changed, null, 2),
        confirm: async () => {
          if (!same(before, await readPrivateFile(file))) throw new ChangedMeanwhile()
        },
      })
      return true
    } catch (thrown) {
      if (!(thrown instanceof ChangedMeanwhile) || round === 10) throw thrown
    }
  }
}

class ChangedMeanwhile extends Error {
  override readonly message = 'particle-cli keeps changing its settings'
}

/** Removes what writers left that were killed; they hold a token. */
async function sweep(file: string): Promise<void> {
  const prefix = `.${basename(file)}.`
  for (const name of await readdir(dirname(file))) {
    if (name.startsWith(prefix) && /^[0-9a-f-]{36}\.tmp$/.test(name.slice(prefix.length))) {
      await unlink(join(dirname(file), name)).catch(() => {})
    }
  }
}

/** The file itself where people link to one, so that the link stays. */
async function target(path: string): Promise<string> {
  return realpath(path).catch((thrown: NodeJS.ErrnoException) => {
    if (thrown.code !== 'ENOENT') throw thrown
    return path
  })
}

function parse(path: string, bytes: Uint8Array | undefined): Settings | undefined {
  if (bytes === undefined) return undefined
  const found = parsed(bytes)
  if (typeof found === 'object' && found !== null && !Array.isArray(found)) return found as Settings
  throw unavailable({
    store: 'particle-cli',
    problem: `${path} holds no settings`,
    advice: 'Repair it, or remove it and sign in with particle-cli again.',
  })
}

function parsed(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    return undefined
  }
}

function same(one: Uint8Array | undefined, other: Uint8Array | undefined): boolean {
  if (one === undefined || other === undefined) return one === other
  return Buffer.compare(one, other) === 0
}

async function explained<T>(path: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run()
  } catch (thrown) {
    throw asStoreError(thrown, { directory: dirname(path), key: basename(path) })
  }
}
