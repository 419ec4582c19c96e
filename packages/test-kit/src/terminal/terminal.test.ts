import { describe, expect, it, onTestFinished } from 'vitest'
import { reportSkipped } from '../levels.ts'
import { canOpenTerminals, openTerminal, type TerminalOptions } from './index.ts'

if (canOpenTerminals !== true) reportSkipped('terminals', canOpenTerminals)

/** Runs a few lines of JavaScript in a terminal. */
function run(source: string, options?: TerminalOptions) {
  const terminal = openTerminal(process.execPath, ['-e', source], options)
  onTestFinished(() => terminal.kill())
  return terminal
}

describe.runIf(canOpenTerminals === true)('a terminal', () => {
  it('looks like a terminal to the program, has the given size, and ends with its exit code', async () => {
    const { ended, screen } = run(
      'console.log(process.stdin.isTTY, process.stdout.isTTY, process.stdout.columns, process.stdout.rows); process.exitCode = 7',
      { columns: 43, rows: 11 },
    )

    expect(await ended).toEqual({ code: 7, echo: true, lines: true, cursor: 'shown' })
    expect(screen()).toBe('true true 43 11')
  })

  it('sends text and keys to the program', async () => {
    const terminal = run(
      "process.stdout.write('name? '); process.stdin.once('data', (line) => { console.log('hello', String(line)); process.exit() })",
    )
    await terminal.shows('name?')
    terminal.type('jane')
    terminal.press('enter')
    await terminal.ended

    expect(terminal.screen()).toBe('name? jane\nhello jane')
  })

  it('shows the screen without what was overwritten', async () => {
    const { ended, screen, output } = run("process.stdout.write('one\\rtwo\\x1b[31m red\\x1b[0m')")
    await ended

    expect(screen()).toBe('two red')
    expect(output()).toContain('one\rtwo\x1b[31m red')
  })

  it('keeps lines that were scrolled out', async () => {
    const { ended, screen } = run('for (let i = 0; i < 50; i += 1) console.log(i)', { rows: 5 })
    await ended

    expect(screen().split('\n')).toHaveLength(50)
  })

  it('rejects with the screen if the text does not appear in time', async () => {
    const terminal = run("console.log('something else'); setInterval(() => {}, 1000)")
    await terminal.shows('something else')

    await expect(terminal.shows('never', { timeout: 50 })).rejects.toThrow(
      /did not show never in 50 ms\. The screen:\nsomething else/,
    )
    await expect(terminal.shows('else', { timeout: 50, times: 2 })).rejects.toThrow(/did not show else/)
  })

  it('stops waiting when the program has ended', async () => {
    const terminal = run("console.log('bye'); process.exitCode = 4")

    await expect(terminal.shows(/hello|welcome/)).rejects.toThrow(/ended with 4 .*The screen:\nbye/s)
  })

  it('reports raw mode and a hidden cursor that the program left', async () => {
    const terminal = run(
      "process.stdin.setRawMode(true); process.stdout.write('raw\\x1b[?25l'); process.stdin.once('data', () => process.kill(process.pid, 'SIGKILL'))",
    )
    await terminal.shows('raw')
    terminal.press('enter')

    expect(await terminal.ended).toEqual({ code: 137, echo: false, lines: false, cursor: 'hidden' })
  })

  it('sends Ctrl-C as a signal, which the program can handle', async () => {
    const terminal = run(
      "process.on('SIGINT', () => { console.log('stopped'); process.exit(130) }); console.log('waiting'); setInterval(() => {}, 1000)",
    )
    await terminal.shows('waiting')
    terminal.press('ctrl-c')

    expect((await terminal.ended).code).toBe(130)
    expect(terminal.screen()).toContain('stopped')
  })

  it('passes nothing of the environment on to the program except PATH', async () => {
    process.env.PLANTED_FOR_TERMINALS = 'planted'
    onTestFinished(() => {
      delete process.env.PLANTED_FOR_TERMINALS
    })
    const { ended, screen } = run('console.log(process.env.PLANTED_FOR_TERMINALS, process.env.OWN, process.env.TERM)', {
      env: { OWN: 'own' },
    })
    await ended

    expect(screen()).toBe('undefined own xterm-256color')
  })

  it('resizes while a program runs', async () => {
    const terminal = run(
      "process.stdout.on('resize', () => { console.log(process.stdout.columns); process.exit() }); console.log('ready'); setInterval(() => {}, 1000)",
    )
    await terminal.shows('ready')
    terminal.resize(30, 10)
    await terminal.ended

    expect(terminal.screen()).toBe('ready\n30')
  })

  it('kills the program', async () => {
    const terminal = run("console.log('on and on'); setInterval(() => {}, 1000)")
    await terminal.shows('on and on')
    terminal.kill()

    expect((await terminal.ended).code).toBe(137)
  })
})

describe.runIf(canOpenTerminals === true)('the drawing of a screen', () => {
  /** What a program wrote, drawn. */
  async function draw(text: string): Promise<string> {
    const terminal = run(`process.stdout.write(${JSON.stringify(text)})`, { columns: 20 })
    await terminal.ended
    return terminal.svg({ title: '<title> & "more"', replace: (line) => line.replace('secret', '***') })
  }

  it('has the text, its colors and its weight', async () => {
    const svg = await draw('plain \x1b[1;32mbold green\x1b[0m\r\n\x1b[2mdim <&>\x1b[0m \x1b[38;5;208mx')

    expect(svg).toMatch(/<text [^>]*>plain<\/text>/)
    expect(svg).toMatch(/<text [^>]* fill="#9ccc65" font-weight="bold">bold green<\/text>/)
    expect(svg).toMatch(/<text [^>]* opacity="0.65">dim &lt;&amp;&gt;<\/text>/)
    expect(svg).toMatch(/fill="rgb\(255,135,0\)">x</)
    expect(svg).toContain('aria-label="&lt;title&gt; &amp; &quot;more&quot;"')
  })

  it('keeps each word in its column, although SVG collapses spaces', async () => {
    const svg = await draw('  two words   apart')

    expect(svg).toMatch(/<text x="32.8" [^>]*textLength="75.6"[^>]*>two words<.*<text x="133.6" [^>]*>apart</s)
  })

  it('draws blocks and backgrounds as rectangles, so that they touch', async () => {
    const svg = await draw('\x1b[47m\x1b[30m ▀▀█▄\x1b[0m\x1b[7mi\x1b[0m')

    expect(svg.match(/<rect [^>]*shape-rendering/g)).toHaveLength(5)
    expect(svg).not.toContain('▀')
  })

  it('has the replaced text', async () => {
    const svg = await draw('a secret   word')

    expect(svg).toMatch(/>a \*\*\*<.*x="83.2" [^>]*>word</s)
    expect(svg).not.toContain('secret')
  })

  it('is the same for the same screen, and as high as what is on it', async () => {
    const [first, second] = [await draw('a\r\nb'), await draw('a\r\nb')]

    expect(second).toBe(first)
    expect(first).toMatch(/^<svg [^>]*height="96"/)
  })
})
