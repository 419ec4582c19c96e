import type { Key } from './keys.ts'
import type { Picture } from './picture.ts'

/** How a program is started in a terminal. */
export interface TerminalOptions {
  /** @default 80 */
  readonly columns?: number
  /** @default 24 */
  readonly rows?: number
  /**
   * The whole environment besides `PATH`, `TERM`, `LANG` and a `HOME`: nothing of the caller's own reaches the program, so
   * that a test does not depend on who runs it.
   */
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
}

/** How long to wait for something on the screen. */
export interface Wait {
  /** In milliseconds. Long by default, so that a busy machine fails no test. @default 100_000 */
  readonly timeout?: number
  /** How often it must be there. @default 1 */
  readonly times?: number
}

/** What was left when the program had ended. */
export interface TerminalEnd {
  /** The program's exit code; 128 and the signal's number when a signal ended it, as a shell says it. */
  readonly code: number
  /** Whether the terminal shows what is typed. */
  readonly echo: boolean
  /** Whether the terminal hands out whole lines: false when raw mode was left on. */
  readonly lines: boolean
  readonly cursor: 'shown' | 'hidden'
}

/** A program in a real pseudo-terminal, and the screen of it. */
export interface Terminal {
  /** The process that starts the program and looks at the terminal afterwards; the program is its child. */
  readonly pid: number
  type(text: string): void
  press(...keys: Key[]): void
  resize(columns: number, rows: number): void
  /** The screen with what was scrolled out of it, without colours and blanks at the ends of lines. */
  screen(): string
  /** Every byte that the program wrote. */
  output(): string
  /** Resolves with the screen when it shows that; rejects with what it shows instead. */
  shows(text: string | RegExp, wait?: Wait): Promise<string>
  picture(): Picture
  /** Resolves when the program has ended and everything it wrote is on the screen. */
  readonly ended: Promise<TerminalEnd>
  /** Ends what runs in it. */
  kill(): void
}
