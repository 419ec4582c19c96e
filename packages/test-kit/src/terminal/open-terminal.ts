import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { IPty } from '@lydell/node-pty'
import xterm from '@xterm/headless'
import { atEnd } from '../programs/at-end.ts'
import { type Key, keys } from './keys.ts'
import { readPicture } from './picture.ts'
import type { Terminal, TerminalEnd, TerminalOptions, Wait } from './terminal.ts'

const { spawn, unavailable } = await import('@lydell/node-pty').then(
  ({ default: pty }) => ({ spawn: pty.spawn, unavailable: undefined }),
  (thrown: unknown) => ({ spawn: undefined, unavailable: String(thrown) }),
)

/** Whether pseudo-terminals can be opened here; otherwise why not, for `reportSkipped`. */
export const canOpenTerminals: true | string =
  unavailable ?? (process.platform === 'win32' ? 'stty is missing on Windows' : true)

/**
 * Runs the program, then asks the terminal how it was left. The shell survives a Ctrl-C (a trap, unlike an ignored
 * signal, is not handed down to the program).
 */
const script = 'trap : INT; "$@"; code=$?; stty -a > "$MODES"; exit $code'

const open = new Set<IPty>()
atEnd(() => {
  for (const pty of open) killGroup(pty)
})

/** Starts a program in a pseudo-terminal of its own. What still runs when this process ends is killed. */
export function openTerminal(file: string, args: readonly string[], options: TerminalOptions = {}): Terminal {
  if (spawn === undefined) throw new Error(`There are no pseudo-terminals here: ${unavailable}`)
  const { columns = 80, rows = 24, env = {}, cwd } = options
  const folder = mkdtempSync(join(tmpdir(), 'particle-grants-terminal-'))
  const modes = join(folder, 'modes')
  const screen = new xterm.Terminal({ cols: columns, rows, scrollback: 10_000, allowProposedApi: true })
  const pty = spawn('/bin/sh', ['-c', script, 'sh', file, ...args], {
    name: 'xterm-256color',
    cols: columns,
    rows,
    cwd: cwd ?? folder,
    env: {
      PATH: process.env.PATH,
      HOME: folder,
      LANG: 'C.UTF-8',
      TERM: 'xterm-256color',
      MODES: modes,
      ...env,
    },
  })
  open.add(pty)
  let output = ''
  pty.onData((data) => {
    output += data
    screen.write(data)
  })
  // What a program asks of its terminal, such as where the cursor is.
  screen.onData((answer) => pty.write(answer))

  const ended = new Promise<TerminalEnd>((resolve) => {
    pty.onExit(({ exitCode, signal }) => {
      open.delete(pty)
      screen.write('', () => {
        resolve({ code: signal ? 128 + signal : exitCode, ...readModes(modes), cursor: cursorIn(output) })
        rmSync(folder, { recursive: true, force: true })
      })
    })
  })

  return {
    pid: pty.pid,
    type: (text) => pty.write(text),
    press: (...pressed: Key[]) => pty.write(pressed.map((key) => keys[key]).join('')),
    resize(toColumns, toRows) {
      pty.resize(toColumns, toRows)
      screen.resize(toColumns, toRows)
    },
    screen: () => textOf(screen),
    output: () => output,
    shows: (text, wait) => shows({ read: () => textOf(screen), ended }, text, wait),
    picture: () => readPicture(screen),
    ended,
    kill: () => killGroup(pty),
  }
}

export function textOf(screen: xterm.Terminal): string {
  const buffer = screen.buffer.active
  const lines = Array.from(
    { length: buffer.length },
    (_, row) => buffer.getLine(row)?.translateToString(true) ?? '',
  )
  return lines
    .map((line) => line.trimEnd())
    .join('\n')
    .trimEnd()
}

export async function shows(
  program: { readonly read: () => string; readonly ended: Promise<TerminalEnd> },
  text: string | RegExp,
  { timeout = 20_000, times = 1 }: Wait = {},
): Promise<string> {
  const pattern = typeof text === 'string' ? text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&') : text.source
  const wanted = new RegExp(pattern, typeof text === 'string' ? 'g' : `${text.flags.replace('g', '')}g`)
  let end: TerminalEnd | undefined
  void program.ended.then((how) => {
    end = how
  })
  const limit = Date.now() + timeout
  for (;;) {
    // Asked before the look, so that what it wrote last is seen.
    const over = end
    const now = program.read()
    if ((now.match(wanted)?.length ?? 0) >= times) return now
    if (over) throw new Error(`It ended with ${over.code} and did not show ${text}. The screen:\n${now}`)
    if (Date.now() > limit) throw new Error(`It did not show ${text} in ${timeout} ms. The screen:\n${now}`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

function readModes(file: string): Pick<TerminalEnd, 'echo' | 'lines'> {
  let modes = ''
  try {
    modes = readFileSync(file, 'utf8')
  } catch {
    // The shell was killed as well; nobody looked.
  }
  const on = (mode: string) => new RegExp(`(^|[\\s;])${mode}\\b`).test(modes)
  return { echo: on('echo'), lines: on('icanon') }
}

export function cursorIn(output: string): TerminalEnd['cursor'] {
  return output.lastIndexOf('\x1b[?25l') > output.lastIndexOf('\x1b[?25h') ? 'hidden' : 'shown'
}

/** The program has the shell's group: nothing of it stays. */
function killGroup(pty: IPty): void {
  try {
    process.kill(-pty.pid, 'SIGKILL')
  } catch {
    // Gone already.
  }
}
