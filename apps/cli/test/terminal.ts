import { canOpenTerminals, openTerminal, type Terminal, type TerminalOptions } from '@particle-grants/test-kit/terminal'
import { inject, onTestFinished } from 'vitest'
import type { World } from './cli.ts'

/** Runs the CLI in a real pseudo-terminal, in a separate process. It is killed with the test. */
export function runInTerminal(world: World, args: readonly string[], options: TerminalOptions = {}): Terminal {
  const terminal = openTerminal(process.execPath, [inject('pgrants'), ...args], {
    cwd: world.home,
    ...options,
    env: { ...world.env, TZ: 'UTC', ...options.env },
  })
  onTestFinished(() => terminal.kill())
  return terminal
}

/** Whether this machine has pseudo-terminals. Tests that need them are skipped elsewhere. */
export const terminals = canOpenTerminals === true

/** The state of a terminal after a program that restored it. */
export const tidy = { echo: true, lines: true, cursor: 'shown' } as const
