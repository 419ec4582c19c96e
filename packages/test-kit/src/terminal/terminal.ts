import type { Terminal as XtermTerminal } from '@xterm/headless'
import xterm from '@xterm/headless'
import { renderSvg, type SvgOptions } from './render-svg.ts'

/** What a keyboard sends for keys without a letter. */
export const keys = {
  enter: '\r',
  tab: '\t',
  space: ' ',
  escape: '\x1b',
  backspace: '\x7f',
  up: '\x1b[A',
  down: '\x1b[B',
  right: '\x1b[C',
  left: '\x1b[D',
  'ctrl-c': '\x03',
  'ctrl-d': '\x04',
  'ctrl-z': '\x1a',
} as const satisfies Readonly<Record<string, string>>

/** The name of a key without a letter. */
export type Key = keyof typeof keys

/** How a program is started in a terminal. */
export interface TerminalOptions {
  /** @default 80 */
  readonly columns?: number
  /** @default 24 */
  readonly rows?: number
  /** The whole environment, except `PATH`, `TERM`, `LANG` and `HOME`: a test must not depend on who runs it. */
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
}

/** How long to wait for something on the screen. */
export interface WaitOptions {
  /** In milliseconds. Long by default, so that a busy machine fails no test. @default 100_000 */
  readonly timeout?: number
  /** How often it must be there. @default 1 */
  readonly times?: number
}

/** What a program left when it ended. */
export interface TerminalEnd {
  /** The program's exit code; 128 and the signal's number if a signal ended it, as in a shell. */
  readonly code: number
  /** Whether the terminal shows what is typed. */
  readonly echo: boolean
  /** Whether the terminal passes on whole lines: false if raw mode was left on. */
  readonly lines: boolean
  readonly cursor: 'shown' | 'hidden'
}

/** What a terminal does with its program. */
interface TerminalProgram {
  type(text: string): void
  resize(columns: number, rows: number): void
  /** Ends what runs in it. */
  kill(): void
  /** Resolves when the program has ended and everything it wrote is on the screen. */
  readonly ended: Promise<TerminalEnd>
}

/** A terminal, and the program in it. */
export interface SimulatedTerminal extends TerminalProgram {
  press(...keys: Key[]): void
  /** Returns the screen and what was scrolled out of it, without colors and without spaces at the ends of lines. */
  screen(): string
  /** Returns every byte that the program wrote. */
  output(): string
  /** Resolves with the screen when it shows that; rejects with what it shows instead. */
  shows(text: string | RegExp, wait?: WaitOptions): Promise<string>
  /** Draws the screen. */
  svg(options: SvgOptions): string
}

/** A program in a real pseudo-terminal. It is a child of the process `pid`, which checks the terminal afterwards. */
export type Terminal = SimulatedTerminal & { readonly pid: number }

/** The screen of a terminal. */
export class Screen {
  readonly #xterm: XtermTerminal
  #output = ''

  /** `onAnswer` receives what the terminal itself answers, such as where the cursor is. */
  constructor(columns: number, rows: number, onAnswer: (answer: string) => void) {
    this.#xterm = new xterm.Terminal({ cols: columns, rows, scrollback: 10_000, allowProposedApi: true })
    this.#xterm.onData(onAnswer)
  }

  write(text: string): void {
    this.#output += text
    this.#xterm.write(text)
  }

  /** Resolves when everything that was written is on the screen. */
  flush(): Promise<void> {
    return new Promise((resolve) => this.#xterm.write('', resolve))
  }

  get cursor(): TerminalEnd['cursor'] {
    return this.#output.lastIndexOf('\x1b[?25l') > this.#output.lastIndexOf('\x1b[?25h') ? 'hidden' : 'shown'
  }

  get text(): string {
    const { active: buffer } = this.#xterm.buffer
    const lines = Array.from({ length: buffer.length }, (_, row) => buffer.getLine(row)?.translateToString(true))
    return lines
      .map((line = '') => line.trimEnd())
      .join('\n')
      .trimEnd()
  }

  /** Connects the screen with the program that writes to it. */
  connect(program: TerminalProgram): SimulatedTerminal {
    return {
      ...program,
      press: (...pressed) => program.type(pressed.map((key) => keys[key]).join('')),
      resize: (columns, rows) => {
        this.#xterm.resize(columns, rows)
        program.resize(columns, rows)
      },
      screen: () => this.text,
      output: () => this.#output,
      shows: (text, wait) => this.#waitFor(text, program.ended, wait),
      svg: (options) => renderSvg(this.#xterm, options),
    }
  }

  async #waitFor(
    text: string | RegExp,
    ended: Promise<TerminalEnd>,
    { timeout = 100_000, times = 1 }: WaitOptions = {},
  ): Promise<string> {
    const pattern = typeof text === 'string' ? text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&') : text
    const expected = new RegExp(pattern, typeof text === 'string' ? 'g' : `${text.flags.replace('g', '')}g`)
    let failure: string | undefined
    void ended.then(({ code }) => {
      failure = `It ended with ${code} and did not show ${text}.`
    })
    const deadline = Date.now() + timeout
    for (;;) {
      // Read before the screen, so that what the program wrote last is seen.
      const failureBefore = failure
      const screen = this.text
      if ((screen.match(expected)?.length ?? 0) >= times) return screen
      if (failureBefore !== undefined) throw new Error(`${failureBefore} The screen:\n${screen}`)
      if (Date.now() > deadline) failure = `It did not show ${text} in ${timeout} ms.`
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
  }
}
