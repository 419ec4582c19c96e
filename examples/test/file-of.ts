import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { examples } from './run.ts'

/** A file of the repository, by its path from the root. */
export function fileOf(path: string): string {
  return readFileSync(join(examples, '..', path), 'utf8')
}
