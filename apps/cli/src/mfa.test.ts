import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { findLeaks } from '@particle-grants/test-kit'
import { reportSkipped } from '@particle-grants/test-kit/levels'
import type { SimulatedTerminal } from '@particle-grants/test-kit/terminal'
import jsQR from 'jsqr'
import { Secret, TOTP } from 'otpauth'
import { describe, expect, it } from 'vitest'
import { developer, World, withMfa } from '../test/cli.ts'
import { runInTerminal, terminals, tidy } from '../test/terminal.ts'

if (!terminals) reportSkipped('auth mfa enable in a terminal', 'there are no pseudo-terminals here')

const prompt = /Enter the 6-digit code from your app:/

/** The secret that the terminal shows, in groups. */
function secretOn(terminal: SimulatedTerminal): string {
  const [, shown = ''] = /^ {2}((?:[A-Z2-7]{4} ?){4,})$/m.exec(terminal.screen()) ?? []
  return shown.replaceAll(' ', '')
}

/** The code of now, or of that many steps later. */
function codeOf(secret: string, steps = 0): string {
  return new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: Date.now() + steps * 30_000 })
}

/** A code that is none of those around now. */
function wrongCode(secret: string): string {
  const right = [-2, -1, 0, 1, 2].map((steps) => codeOf(secret, steps))
  return ['111111', '222222', '333333', '444444', '555555', '666666'].find((code) => !right.includes(code)) ?? ''
}

/** What a camera reads from the QR code on a screen. */
function readQrCode(screen: string): string {
  const lines = screen.split('\n').filter((line) => /^[█▀▄ ]{30,}$/.test(line))
  const width = Math.max(...lines.map((line) => line.length))
  const scale = 4
  const pixels = new Uint8ClampedArray(lines.length * 2 * scale * width * scale * 4)
  for (let y = 0; y < lines.length * 2 * scale; y += 1) {
    for (let x = 0; x < width * scale; x += 1) {
      const row = Math.floor(y / scale)
      const block = lines[row >> 1]?.[Math.floor(x / scale)] ?? ' '
      const white = block === '█' || block === (row % 2 === 0 ? '▀' : '▄')
      pixels.fill(white ? 255 : 0, (y * width * scale + x) * 4, (y * width * scale + x) * 4 + 3)
      pixels[(y * width * scale + x) * 4 + 3] = 255
    }
  }
  const read = jsQR.default(pixels, width * scale, lines.length * 2 * scale)
  if (read === null) throw new Error('no QR code is seen')
  return read.data
}

/** The content of every file below a folder. */
function everythingIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((file) => file.isFile())
    .map((file) => readFileSync(join(file.parentPath, file.name), 'utf8'))
}

async function isOn(world: World): Promise<boolean> {
  return (await world.json(['auth', 'mfa', 'status'])).document.enabled
}

describe('auth mfa status', () => {
  it('prints whether it is on', async () => {
    const world = await World.open()
    await world.signIn()
    const { code, stdout, stderr } = await world.run(['auth', 'mfa', 'status'])

    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toMatch(/^dev@example\.com\n {2}- Two-step authentication: off\n/)
    expect(await world.json(['auth', 'mfa', 'status'])).toEqual({
      code: 0,
      document: { account: 'dev@example.com', enabled: false, secretKept: null },
    })
  })

  it('exits with 3 if the profile is not signed in', async () => {
    expect((await (await World.open()).run(['auth', 'mfa', 'status'])).code).toBe(3)
  })

  it('prints "unknown" if the API does not say', async () => {
    const world = await World.open()
    await world.signIn()
    world.sandbox.failNext({
      status: 200,
      body: { username: 'dev@example.com' },
      match: { path: '/v1/user' },
    })

    expect((await world.run(['auth', 'mfa', 'status'])).stdout).toContain('the API does not say')
  })
})

describe.runIf(terminals)('auth mfa enable in a terminal', () => {
  it('shows a QR code and the secret, accepts its code, and prints where to get recovery codes', async () => {
    const world = await World.open()
    await world.signIn()
    const terminal = runInTerminal(world, ['auth', 'mfa', 'enable'], { rows: 50 })
    await terminal.shows(prompt)
    const secret = secretOn(terminal)
    const screen = terminal.screen()
    terminal.type(`${codeOf(secret)}\r`)

    expect(await terminal.ended).toEqual({ code: 0, ...tidy })
    const uri = new URL(readQrCode(screen))
    expect([uri.host, uri.pathname]).toEqual(['totp', '/Particle:dev%40example.com'])
    expect(uri.searchParams.get('secret')).toBe(secret)
    expect(terminal.screen()).toContain('✓ Two-step authentication is on for dev@example.com')
    expect(terminal.screen()).toContain('https://docs.particle.io/getting-started/console/two-step-authentication')
    expect(await isOn(world)).toBe(true)
    // Shown, and kept nowhere.
    expect(findLeaks(everythingIn(world.home), [secret])).toEqual([])
  })

  it('prompts again after a wrong code, and never sends the same code twice', async () => {
    const world = await World.open()
    await world.signIn()
    const terminal = world.terminal(['auth', 'mfa', 'enable'], { rows: 60 })
    await terminal.shows(prompt)
    const secret = secretOn(terminal)
    const wrong = wrongCode(secret)
    terminal.type(`${wrong}\r`)
    await terminal.shows('rejected the code; 2 attempts left')
    await terminal.shows(prompt, { times: 2 })
    terminal.type(`${wrong}\r`)
    await terminal.shows('Already rejected; not resent.')
    terminal.type('12 34\r')
    await terminal.shows('Enter 6 digits.')
    terminal.type(`${codeOf(secret).replace(/^.../, '$& ')}\r`)

    expect(await terminal.ended).toEqual({ code: 0, ...tidy })
    const sent = world.sandbox
      .requests()
      .filter(({ method, path }) => method === 'POST' && path === '/v1/user/mfa-enable')
    expect(sent.map(({ status }) => status)).toEqual([401, 200])
  })

  it('stops after three wrong codes, and MFA stays off', async () => {
    const world = await World.open()
    await world.signIn()
    const terminal = world.terminal(['auth', 'mfa', 'enable'], { rows: 60 })
    for (const times of [1, 2, 3]) {
      await terminal.shows(prompt, { times })
      world.sandbox.failNext({
        status: 401,
        body: { ok: false, error: 'Could not validate OTP' },
        match: { method: 'POST' },
      })
      terminal.type(`00000${times}\r`)
    }

    expect(await terminal.ended).toEqual({ code: 1, ...tidy })
    expect(terminal.screen()).toContain('3 codes were rejected')
    expect(await isOn(world)).toBe(false)
  })

  it('changes nothing on Ctrl-C, and restores the terminal', async () => {
    const world = await World.open()
    await world.signIn()
    const terminal = world.terminal(['auth', 'mfa', 'enable'], { rows: 50 })
    await terminal.shows(prompt)
    terminal.press('ctrl-c')

    expect(await terminal.ended).toEqual({ code: 130, ...tidy })
    expect(await isOn(world)).toBe(false)
  })

  it('fits code and prompt into 80 × 24, and shows only the secret in 36 columns', async () => {
    const world = await World.open()
    await world.signIn()
    const usual = world.terminal(['auth', 'mfa', 'enable'])
    const lines = (await usual.shows(prompt)).split('\n')
    usual.press('ctrl-c')
    await usual.ended
    const narrow = world.terminal(['auth', 'mfa', 'enable'], { columns: 36 })
    await narrow.shows(/6-digit code from/)

    expect(lines.length - lines.findIndex((line) => /^[█▄▀]{20}/.test(line))).toBeLessThanOrEqual(24)
    expect(narrow.screen()).toMatch(/can't\s+show its QR code/)
    expect(narrow.screen()).not.toMatch(/[█▀▄]/)
    narrow.press('ctrl-c')
    expect(await narrow.ended).toEqual({ code: 130, ...tidy })
  })

  it('draws the same code without colors', async () => {
    const world = await World.open()
    await world.signIn()
    // A library reads NO_COLOR when it is loaded, so this is a separate process.
    const terminal = runInTerminal(world, ['auth', 'mfa', 'enable'], { rows: 50, env: { NO_COLOR: '1' } })
    await terminal.shows(prompt)
    terminal.press('ctrl-c')
    await terminal.ended

    expect(terminal.screen()).toMatch(/█ ▄▄▄▄▄ █/)
    expect(terminal.output()).not.toContain('\x1b[40m')
  })

  it('fails if it is already on', async () => {
    const world = await World.open()
    await world.run(['auth', 'login', '--username', withMfa.username, '--password-stdin', '--totp-stdin'], {
      stdin: `${withMfa.password}\n${withMfa.totp}\n`,
    })
    const terminal = world.terminal(['auth', 'mfa', 'enable'])

    expect((await terminal.ended).code).toBe(1)
    expect(terminal.screen()).toMatch(/is already on for mfa@example\.com/)
  })
})

describe('auth mfa enable without a terminal', () => {
  it('names --keep-secret, and requests no secret', async () => {
    const world = await World.open()
    await world.signIn()
    const { code, stdout, stderr } = await world.run(['auth', 'mfa', 'enable'])

    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toMatch(/--keep-secret/)
    expect(world.sandbox.requests().some(({ path }) => path.includes('mfa'))).toBe(false)
  })

  it('rejects --keep-secret without a keyring, before anything is requested', async () => {
    const world = await World.open()
    await world.signIn()
    const { code, stderr } = await world.run(['auth', 'mfa', 'enable', '--keep-secret'])

    expect(code).toBe(2)
    expect(stderr).toMatch(/secret can't be stored: .*[a-z]\.\nLeave out --keep-secret/)
    expect(world.sandbox.requests().some(({ path }) => path.includes('mfa'))).toBe(false)
  })
})

describe('auth mfa disable', () => {
  /** Signs in an account that has MFA. */
  async function signedInWithMfa() {
    const world = await World.open()
    const args = ['auth', 'login', '--username', withMfa.username, '--password-stdin', '--totp-stdin']
    expect((await world.run(args, { stdin: `${withMfa.password}\n${withMfa.totp}\n` })).code).toBe(0)
    return world
  }

  it('reads the password from stdin, also with a Windows line end', async () => {
    const world = await signedInWithMfa()
    const { code, stdout } = await world.run(['auth', 'mfa', 'disable', '--password-stdin'], {
      stdin: `${withMfa.password}\r\n`,
    })

    expect(code).toBe(0)
    expect(stdout).toMatch(/is off for mfa@example\.com/)
    expect(await isOn(world)).toBe(false)
  })

  it('fails if the password is wrong, and does not repeat it', async () => {
    const world = await signedInWithMfa()
    const { code, stdout, stderr } = await world.run(['auth', 'mfa', 'disable', '--password-stdin'], {
      stdin: 'PLANTED-wrong\n',
    })

    expect([code, stdout]).toEqual([1, ''])
    expect(stderr).toMatch(/still on/)
    expect(findLeaks(stderr, ['PLANTED-wrong'])).toEqual([])
    expect(await isOn(world)).toBe(true)
  })

  it('names --password-stdin without a terminal', async () => {
    const { code, stderr } = await (await signedInWithMfa()).run(['auth', 'mfa', 'disable'])

    expect(code).toBe(2)
    expect(stderr).toMatch(/--password-stdin/)
  })

  it('succeeds if it is already off', async () => {
    const world = await World.open()
    await world.signIn()

    expect(await world.json(['auth', 'mfa', 'disable'])).toEqual({
      code: 0,
      document: { account: developer.username, enabled: false, changed: false },
    })
  })

  it.runIf(terminals)('prompts for the password without showing it, and changes nothing on Ctrl-C', async () => {
    const world = await signedInWithMfa()
    const stopped = runInTerminal(world, ['auth', 'mfa', 'disable'])
    await stopped.shows(/Password of mfa@example\.com:/)
    stopped.type('batt')
    stopped.press('ctrl-c')
    expect(await stopped.ended).toEqual({ code: 130, ...tidy })
    expect(await isOn(world)).toBe(true)

    const terminal = world.terminal(['auth', 'mfa', 'disable'])
    await terminal.shows(/Password of mfa@example\.com:/)
    terminal.type(`${withMfa.password}\r`)
    expect(await terminal.ended).toEqual({ code: 0, ...tidy })
    expect(findLeaks([terminal.output(), stopped.output()], [withMfa.password, 'batt'])).toEqual([])
    expect(await isOn(world)).toBe(false)
  })
})
