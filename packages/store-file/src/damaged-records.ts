import { randomUUID } from 'node:crypto'
import { readdir, unlink } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { GrantsError } from '@particle-grants/core'
import { moveFile } from './files.ts'

type DamagedError = GrantsError<'store_damaged'>

/** Moves a damaged record to another name and returns the error that reports it. */
export async function moveDamaged(place: string, problem: string): Promise<DamagedError> {
  const keptAt = `${withoutExtension(place)}.damaged-${randomUUID()}`
  await moveFile(place, keptAt)
  const message = `The session file ${place} is damaged: ${problem}. It was moved to ${keptAt}. Sign in again.`
  return new GrantsError('store_damaged', message, { place, problem, keptAt })
}

/** Returns the error for a damaged record that could not be moved. */
export function damagedInPlace(place: string, problem: string, cause: Error): DamagedError {
  const message = `The session file ${place} is damaged: ${problem}. Remove it and sign in again.`
  return new GrantsError('store_damaged', message, { place, problem, keptAt: undefined }, { cause })
}

/** Removes the damaged records that were moved from this place. */
export async function removeDamaged(place: string): Promise<void> {
  const names = await readdir(dirname(place))
  const prefix = `${basename(withoutExtension(place))}.damaged-`
  for (const name of names) if (name.startsWith(prefix)) await unlink(join(dirname(place), name))
}

function withoutExtension(place: string): string {
  return place.slice(0, -'.json'.length)
}
