import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** The part of oclif's manifest that help, completion and man pages use. */
export interface Manifest {
  readonly commands: Readonly<Record<string, CommandInfo>>
}

/** A command in the manifest. */
export interface CommandInfo {
  /** The words of the command, joined with colons. */
  readonly id: string
  readonly strict?: boolean
  readonly hidden?: boolean
  readonly summary?: string
  readonly description?: string
  readonly usage?: string
  readonly args: Readonly<Record<string, ArgumentInfo>>
  readonly flags: Readonly<Record<string, FlagInfo>>
  readonly examples?: readonly (string | { readonly description: string; readonly command: string })[]
}

/** An argument in the manifest. */
export interface ArgumentInfo {
  readonly description?: string
  readonly required?: boolean
  readonly options?: readonly string[]
}

/** A flag in the manifest. */
export interface FlagInfo {
  readonly type: 'boolean' | 'option'
  readonly char?: string
  readonly summary?: string
  readonly description?: string
  readonly helpGroup?: string
  readonly helpValue?: string
  readonly hidden?: boolean
  readonly allowNo?: boolean
  readonly options?: readonly string[]
}

/** The part of package.json that help and man pages use. */
export interface PackageInfo {
  readonly version: string
  readonly oclif: { readonly topics: Readonly<Record<string, { readonly description: string }>> }
}

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
