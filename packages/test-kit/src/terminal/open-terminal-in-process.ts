import { PassThrough, Writable } from 'node:stream'
import { WriteStream } from 'node:tty'
import { enqueue, withProcess } from '../in-process/index.ts'
import { Screen, type SimulatedTerminal, type TerminalEnd, type TerminalOptions } from './terminal.ts'

/** How a program is started in a simulated terminal. */
export interface InProcessOptions extends TerminalOptions {
  /** The real width, if it differs from what the terminal reports. A wider one breaks no lines. @default columns */
  readonly screenColumns?: number
}

/**
 * Runs the main function of a program in this process, with standard streams that behave like a terminal's: raw mode,
 * width, colors. What the kernel does (echo, signals) is missing: `openTerminal` opens a real one.
 */
export function openTerminalInProcess(
  main: () => Promise<unknown>,
  { columns = 80, screenColumns = columns, rows = 24, env = {}, cwd = process.cwd() }: InProcessOptions,
): SimulatedTerminal {
  const stdin = Object.assign(new PassThrough(), {
    isTTY: true,
    isRaw: false,
    setRawMode(isRaw: boolean) {
      stdin.isRaw = isRaw
      return stdin
    },
    ref: () => stdin,
    unref: () => stdin,
  })
  const screen = new Screen(screenColumns, rows, (answer) => stdin.write(answer))
  const outputs = [createOutput(columns, rows, screen), createOutput(columns, rows, screen)] as const
  const [stdout, stderr] = outputs
  const ended = enqueue(async (): Promise<TerminalEnd> => {
    const terminalEnv = { LANG: 'C.UTF-8', TERM: 'xterm-256color', ...env }
    const code = await withProcess(main, { env: terminalEnv, cwd, streams: { stdin, stdout, stderr } })
    await screen.flush()
    return { code, echo: !stdin.isRaw, lines: !stdin.isRaw, cursor: screen.cursor }
  })
  return screen.connect({
    type(text) {
      if (!stdin.isRaw) throw new Error(`The program reads no keys now. The screen:\n${screen.text}`)
      stdin.write(text)
    },
    resize(toColumns, toRows) {
      for (const output of outputs) {
        Object.assign(output, { columns: toColumns, rows: toRows })
        output.emit('resize')
      }
    },
    // A prompt ends with its input.
    kill: () => void stdin.end(),
    ended,
  })
}

/** Creates a standard output or error stream that writes to the screen. */
function createOutput(columns: number, rows: number, screen: Screen) {
  const output = new Writable({
    decodeStrings: false,
    write(chunk: string | Buffer, _encoding, done) {
      screen.write(chunk.toString().replaceAll(/\r?\n/g, '\r\n'))
      done()
    },
  })
  const { getWindowSize, getColorDepth, hasColors } = WriteStream.prototype
  const { clearLine, clearScreenDown, cursorTo, moveCursor } = WriteStream.prototype
  const methods = {
    getWindowSize,
    getColorDepth,
    hasColors,
    clearLine,
    clearScreenDown,
    cursorTo,
    moveCursor,
  }
  // `_isStdio` is Node's own mark: a stream that is piped to standard output does not end it.
  return Object.assign(output, methods, { columns, rows, isTTY: true, _isStdio: true })
}
