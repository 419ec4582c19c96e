import { clearLine, clearScreenDown, cursorTo, moveCursor } from 'node:readline'
import { PassThrough, Writable } from 'node:stream'
import { WriteStream } from 'node:tty'
import xterm from '@xterm/headless'
import { enqueue, withProcess } from '../in-process/run-in-process.ts'
import { type Key, keys } from './keys.ts'
import { cursorIn, shows, textOf } from './open-terminal.ts'
import { readPicture } from './picture.ts'
import type { Terminal, TerminalEnd, TerminalOptions } from './terminal.ts'

/**
 * Runs the main function of a program in this process, with standard streams that behave as a terminal's: raw mode,
 * width, colors. What the kernel does (echo, signals) is missing: `openTerminal` opens a real one.
 */
export function openTerminalInProcess(
  main: () => Promise<unknown>,
  { columns = 80, rows = 24, env = {}, cwd = process.cwd() }: TerminalOptions,
): Omit<Terminal, 'pid'> {
  const screen = new xterm.Terminal({
    // A terminal that does not know its width is as wide as the pseudo-terminals of other tests.
    cols: columns === 0 ? 200 : columns,
    rows,
    scrollback: 10_000,
    allowProposedApi: true,
  })
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
  let output = ''
  const write = (text: string) => {
    output += text
    screen.write(text)
  }
  const [stdout, stderr] = [
    terminalStream({ columns, rows }, write),
    terminalStream({ columns, rows }, write),
  ]
  screen.onData((answer) => stdin.write(answer))
  const type = (text: string) => {
    if (!stdin.isRaw) throw new Error(`The program reads no keys now. The screen:\n${textOf(screen)}`)
    stdin.write(text)
  }
  const ended = enqueue(async (): Promise<TerminalEnd> => {
    const terminalEnv = { LANG: 'C.UTF-8', TERM: 'xterm-256color', ...env }
    const code = await withProcess(main, { env: terminalEnv, cwd, streams: { stdin, stdout, stderr } })
    await new Promise<void>((resolve) => screen.write('', resolve))
    return { code, echo: !stdin.isRaw, lines: !stdin.isRaw, cursor: cursorIn(output) }
  })
  return {
    type,
    press: (...pressed: Key[]) => type(pressed.map((key) => keys[key]).join('')),
    resize(toColumns, toRows) {
      screen.resize(toColumns, toRows)
      for (const stream of [stdout, stderr]) {
        Object.assign(stream, { columns: toColumns, rows: toRows })
        stream.emit('resize')
      }
    },
    screen: () => textOf(screen),
    output: () => output,
    shows: (text, wait) => shows({ read: () => textOf(screen), ended }, text, wait),
    picture: () => readPicture(screen),
    ended,
    // A prompt ends with its input.
    kill: () => void stdin.end(),
  }
}

function terminalStream(size: { columns: number; rows: number }, write: (text: string) => void) {
  const stream = new Writable({
    decodeStrings: false,
    write(chunk: string | Buffer, _encoding, done) {
      write(chunk.toString().replaceAll(/\r?\n/g, '\r\n'))
      done()
    },
  })
  const { getColorDepth, hasColors } = WriteStream.prototype
  return Object.assign(stream, size, {
    isTTY: true,
    getWindowSize: () => [size.columns, size.rows],
    getColorDepth,
    hasColors,
    clearLine: (direction: -1 | 0 | 1) => clearLine(stream, direction),
    clearScreenDown: () => clearScreenDown(stream),
    cursorTo: (x: number, y?: number) => cursorTo(stream, x, y),
    moveCursor: (x: number, y: number) => moveCursor(stream, x, y),
  })
}
