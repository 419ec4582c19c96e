import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { constants, tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { defaultAccounts, defaultClients } from '@particle-grants/sandbox'
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'

const main = fileURLToPath(new URL('../dist/main.js', import.meta.url))

describe('the demo in a pipe', () => {
  let lines: string[]
  let output: string
  let exitCode: number | null

  beforeAll(async () => {
    const { FORCE_COLOR: _, ...env } = process.env
    const demo = spawn(process.execPath, [main], { env, stdio: ['ignore', 'pipe', 'inherit'] })
    const exited = once(demo, 'exit')
    output = await text(demo.stdout)
    lines = output.trimEnd().split('\n')
    ;[exitCode] = await exited
  })

  it('passes every check', () => {
    expect(output).not.toContain('✗')
    expect(exitCode).toBe(0)
    expect(lines.filter((line) => line.startsWith('   ✓ ')).length).toBeGreaterThanOrEqual(23)
  })

  it('prints at most 150 lines of 80 columns, as plain text', () => {
    expect(lines.length).toBeLessThanOrEqual(150)
    expect(lines.filter((line) => line.length > 80)).toEqual([])
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must not be there
    expect(output.replaceAll('\n', '')).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/)
  })

  it('shows the problem, the answer and every other part of the story', () => {
    expect(lines.filter((line) => /^\d {2}\S/.test(line)).map((line) => line.slice(3))).toEqual([
      'The problem: 403 mfa_required',
      'The answer: a second request, with the mfa_token and the code',
      'The same sign-in with the library, @particle-grants/core',
      "A developer's token cannot be refreshed",
      "A product's token is renewed automatically",
      "A product's customers",
      '100 concurrent calls, one renewal',
      'The command line: pgrants',
      'Sign out',
    ])
  })

  it('shows no password and no client secret, plain or encoded', () => {
    const passwords = defaultAccounts.flatMap(({ password }) => password ?? [])
    const clients = defaultClients.filter(({ kind }) => kind !== 'developer')
    const basic = clients.map(({ id, secret }) => btoa(`${id}:${secret}`))
    const planted = [...passwords, ...clients.map(({ secret }) => secret), ...basic]
    const forms = planted.flatMap((secret) => [secret, encodeURIComponent(secret), secret.replaceAll(' ', '+')])
    expect(forms.filter((form) => output.includes(form))).toEqual([])
  })

  it('shows no token, no mfa_token and no code', () => {
    expect(output).not.toMatch(/[0-9a-f]{25}/i)
    expect(output).not.toMatch(/[0-9a-f]{8}-[0-9a-f]{4}-/i)
    expect(output).not.toMatch(/\b\d{6}\b/)
  })
})

describe('the demo, interrupted', () => {
  const signals = process.platform === 'win32' ? [] : (['SIGINT', 'SIGTERM', 'SIGHUP'] as const)

  it.each(signals)('by %s removes the sessions of the command line', async (signal) => {
    const folder = mkdtempSync(join(tmpdir(), 'interrupted-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    const demo = spawn(process.execPath, [main], { env: { ...process.env, TMPDIR: folder } })
    onTestFinished(() => void demo.kill('SIGKILL'))
    const exited = once(demo, 'exit')
    let output = ''
    const found: string[] = []
    for await (const chunk of demo.stdout.setEncoding('utf8')) {
      output += chunk
      // The first command has been printed, and two more follow.
      if (!output.includes('$ pgrants auth login') || demo.killed) continue
      found.push(...readdirSync(folder))
      demo.kill(signal)
    }
    expect(found).toEqual([expect.stringMatching(/^particle-grants-demo-/)])
    expect(await exited).toEqual([128 + constants.signals[signal], null])
    expect(readdirSync(folder)).toEqual([])
  })
})
