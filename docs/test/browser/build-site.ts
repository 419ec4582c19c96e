import { execFileSync } from 'node:child_process'
import { docs } from './paths.ts'

/** Builds the site before the tests. */
export function setup(): void {
  execFileSync('npm', ['run', '-s', 'build:site'], { cwd: docs, stdio: ['ignore', 'pipe', 'inherit'] })
}
