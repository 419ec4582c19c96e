import {
  canOpenTerminals,
  openTerminal,
  type Terminal,
  type TerminalOptions,
} from '@particle-grants/test-kit/terminal'
import { inject, onTestFinished } from 'vitest'
import type { World } from './cli.ts'

/** Runs the CLI in a pseudo-terminal of a world. Whatever is left of it is ended with the test. */
export function runInTerminal(
  world: World,
  args: readonly string[],
  options: TerminalOptions = {},
): Terminal {
  const terminal = openTerminal(process.execPath, [inject('pgrants'), ...args], {
    cwd: world.home,
    ...options,
    env: { ...world.env, TZ: 'UTC', ...options.env },
  })
  onTestFinished(() => terminal.kill())
  return terminal
}

/** Whether this machine has pseudo-terminals. Linux has; elsewhere what needs them is left out. */
export const terminals = canOpenTerminals === true

/** How a terminal is left by a program that tidied up. */
export const tidy = { echo: true, lines: true, cursor: 'shown' } as const
