import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { planted } from './payload.ts'

/** The files of a folder, and of those in it, that hold the planted secret. */
export async function plantedFiles(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const found: string[] = []
  for (const entry of entries) {
    const path = join(entry.parentPath, entry.name)
    // Gone in the meantime is as good as never there.
    const text = entry.isFile() ? await readFile(path, 'latin1').catch(() => '') : entry.name
    if (text.includes(planted)) found.push(path.slice(folder.length + 1))
  }
  return found
}
