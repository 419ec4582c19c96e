import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { defaultAccounts, defaultClients } from '@particle-grants/sandbox'
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { steps } from './steps/steps.ts'

const main = fileURLToPath(new URL('../dist/main.js', import.meta.url))

interface Run {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

function run(environment: NodeJS.ProcessEnv = {}): Promise<Run> {
  if (!existsSync(main)) throw new Error('The demo is not built: npm run build')
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [main],
      { env: { ...process.env, ...environment } },
      (_error, stdout, stderr) => resolve({ code: child.exitCode, stdout, stderr }),
    )
  })
}

describe('the demo, piped', () => {
  let demo: Run
  beforeAll(async () => {
    demo = await run({ FORCE_COLOR: '1' })
  })

  it('does what it says, and ends by itself', () => {
    expect(demo.stderr).toBe('')
    expect(demo.code).toBe(0)
    expect(demo.stdout).toContain('All of it holds.')
  })

  it('is plain text of 80 columns', () => {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must not be there
    expect(demo.stdout.replaceAll('\n', '')).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/)
    expect(demo.stdout.split('\n').filter((line) => line.length > 80)).toEqual([])
  })

  it('has each step under its heading, in order', () => {
    const headings = demo.stdout.split('\n').filter((line) => /^ ?\d+ {2}\S/.test(line))
    expect(headings.map((line) => line.trim())).toEqual(
      steps.map(({ title }, index) => `${index + 1}  ${title}`),
    )
  })

  it('shows the outcomes of the report', () => {
    for (const error of ['invalid_client', 'mfa_required', 'invalid_request', 'invalid_grant']) {
      expect(demo.stdout).toContain(`"error": "${error}"`)
    }
    expect(demo.stdout).toContain('grant_type = urn:custom:mfa-otp')
  })

  it('shows no password and no client secret, plain or encoded', () => {
    const passwords = defaultAccounts.flatMap(({ password }) => password ?? [])
    const clients = defaultClients.filter(({ kind }) => kind !== 'developer')
    const basic = clients.map(({ id, secret }) => Buffer.from(`${id}:${secret}`).toString('base64'))
    const planted = [...passwords, ...clients.map(({ secret }) => secret), ...basic]
    const forms = planted.flatMap((secret) => [
      secret,
      encodeURIComponent(secret),
      secret.replaceAll(' ', '+'),
    ])
    expect(forms.filter((form) => demo.stdout.includes(form))).toEqual([])
  })

  it('shows no token, no mfa_token and no code', () => {
    expect(demo.stdout).not.toMatch(/[0-9a-f]{25}/i)
    expect(demo.stdout).not.toMatch(/[0-9a-f]{8}-[0-9a-f]{4}-/i)
    expect(demo.stdout).not.toMatch(/\b\d{6}\b/)
  })
})

describe('the demo, interrupted', () => {
  const signals = process.platform === 'win32' ? [] : (['SIGINT', 'SIGTERM', 'SIGHUP'] as const)

  it.each(signals)('by %s leaves none of its sessions behind', async (signal) => {
    const folder = mkdtempSync(join(tmpdir(), 'interrupted-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    const demo = spawn(process.execPath, [main], { env: { ...process.env, TMPDIR: folder } })
    onTestFinished(() => void demo.kill('SIGKILL'))
    const exited = once(demo, 'exit')
    let text = ''
    const found: string[] = []
    for await (const chunk of demo.stdout.setEncoding('utf8')) {
      text += chunk
      // The first of its commands is on the screen, and three more of them are to come.
      if (!text.includes('$ pgrants auth login') || demo.killed) continue
      found.push(...readdirSync(folder))
      demo.kill(signal)
    }
    expect(found).toEqual([expect.stringMatching(/^particle-grants-demo-/)])
    expect(await exited).toEqual([null, signal])
    expect(readdirSync(folder)).toEqual([])
  })
})
