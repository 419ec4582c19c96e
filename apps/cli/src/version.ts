import { readPackage } from './manifest.ts'
import { printAnswer } from './output.ts'

/** Returns the version, and what a bug report needs. */
export function getVersion(): string {
  return `pgrants version ${readPackage().version} (${process.platform}-${process.arch}, Node ${process.versions.node})\n`
}

/** `version`, `--version` and `-v`. */
export function main(): void {
  printAnswer({ stdout: getVersion() })
}
