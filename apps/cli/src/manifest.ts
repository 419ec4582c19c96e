import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Command, Interfaces } from '@oclif/core'

export type Manifest = Interfaces.Manifest
/** A command in the manifest. */
export type CommandInfo = Command.Cached
/** A flag in the manifest. */
export type FlagInfo = Command.Flag.Cached
export type PackageInfo = Interfaces.PJSON

/** Reads the manifest, which the build writes beside `dist`. */
export function readManifest(): Manifest {
  return readJson('oclif.manifest.json') as Manifest
}

/** Reads package.json. */
export function readPackage(): PackageInfo {
  return readJson('package.json') as PackageInfo
}

function readJson(name: string): unknown {
  return JSON.parse(readFileSync(join(import.meta.dirname, '..', name), 'utf8'))
}
