import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { planted } from './counted-value.ts'

/** Returns the files below a folder that contain the planted secret. */
export async function findPlantedFiles(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const found: string[] = []
  for (const entry of entries) {
    const path = join(entry.parentPath, entry.name)
    // The file may have been removed in the meantime.
    const text = entry.isFile() ? await readFile(path, 'latin1').catch(() => '') : entry.name
    if (text.includes(planted)) found.push(path.slice(folder.length + 1))
  }
  return found
}
