import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onProcessEnd } from '../programs/on-process-end.ts'
import { Screen, type Terminal, type TerminalEnd, type TerminalOptions } from './terminal.ts'

const { spawn, unavailable } = await import('@lydell/node-pty').then(
  ({ default: pty }) => ({ spawn: pty.spawn, unavailable: undefined }),
  (thrown: unknown) => ({ spawn: undefined, unavailable: String(thrown) }),
)

/** Whether pseudo-terminals can be opened here; otherwise why not, for `reportSkipped`. */
export const canOpenTerminals: true | string =
  unavailable ?? (process.platform === 'win32' ? 'stty is missing on Windows' : true)

/**
 * Runs the program, then writes the modes of the terminal to a file. The shell survives Ctrl-C: a program does not
 * inherit a trap, but it would inherit an ignored signal.
 */
const script = 'trap : INT; "$@"; code=$?; stty -a > "$MODES"; exit $code'

/** The process groups of the shells that are running. */
const groups = new Set<number>()
onProcessEnd(() => {
  for (const group of groups) killGroup(group)
})

/** Starts a program in a pseudo-terminal. If it still runs when this process ends, it is killed. */
export function openTerminal(file: string, args: readonly string[], options: TerminalOptions = {}): Terminal {
  if (spawn === undefined) throw new Error(`There are no pseudo-terminals here: ${unavailable}`)
  const { columns = 80, rows = 24, env = {} } = options
  const folder = mkdtempSync(join(tmpdir(), 'particle-grants-terminal-'))
  const modes = join(folder, 'modes')
  const { PATH } = process.env
  const pty = spawn('/bin/sh', ['-c', script, 'sh', file, ...args], {
    name: 'xterm-256color',
    cols: columns,
    rows,
    cwd: options.cwd ?? folder,
    env: { PATH, HOME: folder, LANG: 'C.UTF-8', TERM: 'xterm-256color', MODES: modes, ...env },
  })
  groups.add(pty.pid)
  const screen = new Screen(columns, rows, (answer) => pty.write(answer))
  pty.onData((data) => screen.write(data))

  const ended = new Promise<TerminalEnd>((resolve) => {
    pty.onExit(async ({ exitCode, signal }) => {
      groups.delete(pty.pid)
      await screen.flush()
      resolve({ code: signal ? 128 + signal : exitCode, ...readModes(modes), cursor: screen.cursor })
      rmSync(folder, { recursive: true, force: true })
    })
  })
  const terminal = screen.connect({
    type: (text) => pty.write(text),
    resize: (toColumns, toRows) => pty.resize(toColumns, toRows),
    kill: () => killGroup(pty.pid),
    ended,
  })
  return { ...terminal, pid: pty.pid }
}

function readModes(file: string): Pick<TerminalEnd, 'echo' | 'lines'> {
  let modes = ''
  try {
    modes = readFileSync(file, 'utf8')
  } catch {
    // The shell was killed before it wrote the file.
  }
  const isOn = (mode: string) => new RegExp(`(^|[\\s;])${mode}\\b`).test(modes)
  return { echo: isOn('echo'), lines: isOn('icanon') }
}

/** Kills the shell and everything that it started. */
function killGroup(group: number): void {
  try {
    process.kill(-group, 'SIGKILL')
  } catch {
    // It has ended.
  }
}
