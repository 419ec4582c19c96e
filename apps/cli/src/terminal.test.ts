import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { reportSkipped } from '@particle-grants/test-kit/levels'
import { canOpenTerminals, openTerminal, type SimulatedTerminal } from '@particle-grants/test-kit/terminal'
import { describe, expect, inject, it, onTestFinished } from 'vitest'
import { developer, jane, product, scripts, World, withMfa } from '../test/cli.ts'
import { runInTerminal } from '../test/terminal.ts'

/** What is stored of sign-ins: sessions, secrets of clients, profiles. */
function stored(world: World): string[] {
  if (!existsSync(world.sessions)) return []
  return readdirSync(world.sessions).filter((name) => /^(session|client|profiles)/.test(name))
}

/** Codes that are none of the ones around now. */
function wrongCodes(world: World): string[] {
  const right = world.sandbox.otp(withMfa.username)
  return ['000000', '000001', '000002', '000003'].filter((code) => code !== right)
}

type Shown = SimulatedTerminal
type Step = (shown: Shown) => Promise<void>

/** What is typed at each prompt. */
const username = async (shown: Shown) => {
  await shown.shows('Username (email):')
  shown.type(`${withMfa.username}\r`)
}
const password = async (shown: Shown) => {
  await shown.shows('Password:')
  shown.type(`${withMfa.password}\r`)
}
const recovery = async (shown: Shown) => {
  await shown.shows('Authenticator code')
  shown.type('r\r')
}

if (canOpenTerminals !== true) reportSkipped('the CLI in a terminal', canOpenTerminals)
else {
  describe('auth login in a terminal', () => {
    it('signs in with two-step authentication, after a wrong code', async () => {
      const world = await World.open()
      const shown = runInTerminal(world, ['auth', 'login'])
      for (const step of [username, password]) await step(shown)
      await shown.shows('3 attempts left')
      shown.type(`${wrongCodes(world)[0]}\r`)
      await shown.shows('2 attempts left')
      shown.type(`${world.sandbox.otp(withMfa.username)}\r`)
      await shown.shows('Expires')
      expect(await shown.ended).toMatchObject({ code: 0, echo: true, lines: true, cursor: 'shown' })
      expect(shown.output()).not.toContain(withMfa.password)
      expect((await world.run(['auth', 'whoami'])).stdout).toBe(`${withMfa.username}\n`)
    })

    it('accepts a recovery code', async () => {
      const world = await World.open()
      const shown = world.terminal(['auth', 'login'])
      for (const step of [username, password, recovery]) await step(shown)
      await shown.shows('Recovery code:')
      shown.type('a1b2-c3d4-e5f6\r')
      expect(await shown.ended).toMatchObject({ code: 0 })
      expect(shown.output()).not.toContain('a1b2-c3d4-e5f6')
    })

    it('accepts a recovery code at the prompt for the authenticator code', async () => {
      const world = await World.open()
      const shown = world.terminal(['auth', 'login'])
      for (const step of [username, password]) await step(shown)
      await shown.shows('Authenticator code')
      shown.type('a1b2-c3d4-e5f6\r')
      expect(await shown.ended).toMatchObject({ code: 0 })
    })

    it('names the server before it prompts, also if it is the one of Particle', async () => {
      const world = await World.open()
      const env = { PARTICLE_GRANTS_BASE_URL: '' }
      const shown = world.terminal(['auth', 'login', '-p', 'work'], { env })
      await shown.shows('Signing in to api.particle.io.')
      await shown.shows('Username (email):')
      shown.press('ctrl-c')
      await shown.ended
    })

    it.each([[['auth', 'status']], [['auth', 'token']], [['api', '/v1/user']]])(
      'prints a command that works in a terminal if a code is required: %j',
      async (args) => {
        const world = await World.open()
        const login = ['auth', 'login', '-u', withMfa.username, '--password-stdin']
        await world.run(login, { stdin: withMfa.password })
        const shown = world.terminal(args)
        expect(await shown.ended).toMatchObject({ code: 4 })
        expect(shown.screen()).toMatch(/Submit it:\s+pgrants auth login --otp-stdin/)
        const submitted = world.terminal(['auth', 'login', '--otp-stdin'])
        await submitted.shows('Authenticator code')
        submitted.type(`${world.sandbox.otp(withMfa.username)}\r`)
        expect(await submitted.ended).toMatchObject({ code: 0 })
      },
    )

    it('exits with 3 after three wrong codes, and stores nothing', async () => {
      const world = await World.open()
      const shown = world.terminal(['auth', 'login'])
      for (const step of [username, password]) await step(shown)
      for (const [index, left] of ['3 attempts', '2 attempts', '1 attempt'].entries()) {
        await shown.shows(`${left} left`)
        shown.type(`${wrongCodes(world)[index]}\r`)
      }
      expect(await shown.ended).toMatchObject({ code: 3 })
      expect(stored(world)).toEqual([])
    })

    it('signs in for a customer of a product', async () => {
      const world = await World.open()
      const shown = world.terminal(['auth', 'login', '--client-id', product.id, '--customer', jane.username])
      await shown.shows(`Client secret of ${product.id}:`)
      shown.type(`${product.secret}\r`)
      await shown.shows('Refresh: automatic')
      expect(await shown.ended).toMatchObject({ code: 0 })
      expect(shown.output()).not.toContain(product.secret)
    })

    it("signs in with a client of the user's own account", async () => {
      const world = await World.open()
      const shown = world.terminal(['auth', 'login', '--client-id', scripts.id, '--client-kind', 'user'])
      await shown.shows(`Client secret of ${scripts.id}:`)
      shown.type(`${scripts.secret}\r`)
      expect(await shown.ended).toMatchObject({ code: 0 })
      expect((await world.json(['auth', 'status'])).document.client).toEqual({
        id: scripts.id,
        kind: 'user',
      })
    })

    it('does not resend a rejected code', async () => {
      const world = await World.open()
      const shown = world.terminal(['auth', 'login'])
      for (const step of [username, password]) await step(shown)
      const [wrong] = wrongCodes(world)
      await shown.shows('3 attempts left')
      shown.type(`${wrong}\r`)
      await shown.shows('2 attempts left')
      shown.type(`${wrong}\r`)
      await shown.shows('Already rejected; not resent.')
      shown.type(`${world.sandbox.otp(withMfa.username)}\r`)
      expect(await shown.ended).toMatchObject({ code: 0 })
      const codes = world.sandbox.requests().filter(({ grant_type }) => grant_type === 'urn:custom:mfa-otp')
      expect(codes.map(({ status }) => status)).toEqual([401, 200])
    })

    it('says where recovery codes work, and that one was rejected', async () => {
      const world = await World.open()
      const shown = world.terminal(['auth', 'login'])
      for (const step of [username, password, recovery]) await step(shown)
      await shown.shows('only for login.particle.io')
      await shown.shows('Recovery code:')
      shown.type('nothing-of-mine\r')
      await shown.shows('Particle rejected the recovery code; 2 attempts left.')
      await shown.shows('Recovery code:', { times: 2 })
      shown.type('a\r')
      await shown.shows('Authenticator code (2 attempts left')
      shown.press('ctrl-c')
      await shown.ended
      expect(shown.screen()).toContain('Interrupted. Nothing was changed.')
      expect(shown.screen()).not.toContain('Error:')
    })

    it('prompts for no secret that could not be stored', async () => {
      const world = await World.open()
      const shown = world.terminal(['auth', 'login', '--store', 'keyring'])
      expect(await shown.ended).toMatchObject({ code: 1 })
      expect(shown.screen()).toContain('keyring')
      expect(shown.screen()).not.toContain('Username')
    })

    it('prompts for the password only after a wrong one', async () => {
      const world = await World.open()
      const shown = world.terminal(['auth', 'login'])
      await shown.shows('Username (email):')
      shown.type(`${developer.username}\r`)
      await shown.shows('Password:')
      shown.type('wrong horse\r')
      await shown.shows('Wrong username or password; 2 attempts left.')
      await shown.shows('Password:', { times: 2 })
      shown.type(`${developer.password}\r`)
      expect(await shown.ended).toMatchObject({ code: 0 })
      expect(shown.screen()).not.toContain('grant_type')
    })

    it('ends after three wrong passwords', async () => {
      const world = await World.open()
      const shown = world.terminal(['auth', 'login', '-u', developer.username])
      for (const times of [1, 2, 3]) {
        await shown.shows('Password:', { times })
        shown.type('wrong horse\r')
      }
      expect(await shown.ended).toMatchObject({ code: 1 })
      expect(world.sandbox.requests()).toHaveLength(3)
    })

    it('prompts for a token with --with-token', async () => {
      const world = await World.open()
      await world.signIn()
      const value = (await world.run(['auth', 'token'])).stdout.trim()
      const shown = world.terminal(['auth', 'login', '--with-token', '-p', 'other'])
      await shown.shows('Access token:')
      shown.type(`${value}\r`)
      expect(await shown.ended).toMatchObject({ code: 0 })
      expect(shown.output()).not.toContain(value)
    })

    const byClient = ['--client-id', product.id]
    const prompts: readonly {
      name: string
      args: readonly string[]
      steps: readonly Step[]
      prompt: string
    }[] = [
      { name: 'the username', args: [], steps: [], prompt: 'Username (email):' },
      { name: 'the password', args: [], steps: [username], prompt: 'Password:' },
      { name: 'the code', args: [], steps: [username, password], prompt: 'Authenticator code' },
      {
        name: 'the recovery code',
        args: [],
        steps: [username, password, recovery],
        prompt: 'Recovery code:',
      },
      { name: 'the client secret', args: byClient, steps: [], prompt: 'Client secret of' },
      { name: 'the token', args: ['--with-token'], steps: [], prompt: 'Access token:' },
    ]
    it.each(prompts)('stores nothing on Ctrl-C at the prompt for $name', async ({ args, ...at }) => {
      const world = await World.open()
      await stopAt(world, world.terminal(['auth', 'login', ...args]), at)
    })

    // One prompt of each kind: a text, a secret.
    it.each(prompts.slice(0, 2))(
      'restores a real terminal after Ctrl-C at the prompt for $name',
      async ({ args, ...at }) => {
        const world = await World.open()
        await stopAt(world, runInTerminal(world, ['auth', 'login', ...args]), at)
      },
    )

    async function stopAt(
      world: World,
      shown: Shown,
      { steps, prompt }: { readonly steps: readonly Step[]; readonly prompt: string },
    ) {
      for (const step of steps) await step(shown)
      await shown.shows(prompt)
      shown.press('ctrl-c')
      expect(await shown.ended).toMatchObject({ code: 130, echo: true, lines: true, cursor: 'shown' })
      expect(stored(world)).toEqual([])
      expect(shown.screen()).not.toMatch(/at .*\.js:\d+/)
    }

    it('does not prompt if a document is wanted', async () => {
      const world = await World.open()
      const shown = world.terminal(['auth', 'login', '--json'])
      expect(await shown.ended).toMatchObject({ code: 2 })
      expect(shown.screen()).toContain('no_terminal')
      expect(shown.screen()).toContain('With --json nothing is prompted for.')
      for (const args of [
        ['auth', 'login', '-u', 'x', '--json'],
        ['auth', 'mfa', 'enable', '--json'],
      ]) {
        const other = world.terminal(args)
        expect(await other.ended).toMatchObject({ code: 2 })
        expect(other.screen()).toContain('With --json nothing is prompted for.')
      }
    })

    it('prompts if stdin and stderr are terminals, although stdout is a file', async () => {
      const world = await World.open()
      const file = join(world.home, 'stdout.txt')
      const script = '"$NODE" "$PGRANTS" auth login > "$FILE"'
      const env = { ...world.env, NODE: process.execPath, PGRANTS: inject('pgrants'), FILE: file }
      const shown = openTerminal('/bin/sh', ['-c', script], { cwd: world.home, env })
      onTestFinished(() => shown.kill())
      for (const step of [username, password]) await step(shown)
      await shown.shows('3 attempts left')
      shown.type(`${world.sandbox.otp(withMfa.username)}\r`)
      expect(await shown.ended).toMatchObject({ code: 0 })
      expect(readFileSync(file, 'utf8')).toContain(`Signed in as ${withMfa.username}`)
    })

    it('validates the username before it prompts for the password', async () => {
      const world = await World.open()
      const shown = world.terminal(['auth', 'login'])
      await shown.shows('Username (email):')
      shown.type('my name\r')
      await shown.shows("Invalid username: it can't contain spaces.")
      expect(shown.screen()).not.toContain('Password')
      shown.press('ctrl-c')
      await shown.ended
    })

    it('asks before it replaces an account, and changes nothing if it is kept', async () => {
      const world = await World.open()
      await world.signIn()
      const shown = world.terminal(['auth', 'login'])
      await shown.shows('Username (email):')
      shown.type(`${withMfa.username}\r`)
      await shown.shows(`Profile default is signed in as ${developer.username}.`)
      shown.press('enter')
      expect(await shown.ended).toMatchObject({ code: 130 })
      expect(shown.screen()).toContain('Nothing was changed.')
      const { document } = await world.json(['auth', 'list'])
      expect(document.profiles).toMatchObject([{ name: 'default', account: developer.username }])
    })

    it('signs in to another profile instead of replacing an account', async () => {
      const world = await World.open()
      await world.signIn(['-p', 'home'])
      const shown = world.terminal(['auth', 'login', '-u', withMfa.username])
      await shown.shows('Sign in to another profile')
      for (const key of ['down', 'down', 'enter'] as const) shown.press(key)
      await shown.shows('Name of the new profile:')
      await shown.shows(withMfa.username, { times: 1 })
      shown.type('home\r')
      await shown.shows('This profile exists already.')
      shown.type('\x15work\r')
      await shown.shows('Password:')
      shown.type(`${withMfa.password}\r`)
      await shown.shows('Authenticator code')
      shown.type(`${world.sandbox.otp(withMfa.username)}\r`)
      expect(await shown.ended).toMatchObject({ code: 0 })
      expect(shown.screen()).toContain('Profile: work (active)')
      const { document } = await world.json(['auth', 'list'])
      expect(document).toMatchObject({
        active: 'work',
        profiles: [
          { name: 'home', account: developer.username, status: 'signed_in' },
          { name: 'work', account: withMfa.username, status: 'signed_in' },
        ],
      })
      expect((await world.run(['auth', 'status', '--check', '-p', 'home'])).code).toBe(0)
    })

    it('shows a spinner while the server is slow, and removes it', async () => {
      const world = await World.open()
      await world.signIn()
      world.sandbox.failNext({ delay: 1200 })
      const shown = world.terminal(['auth', 'status', '--check'])
      await shown.shows('Verifying the token')
      expect(await shown.ended).toMatchObject({ code: 0, cursor: 'shown' })
      expect(shown.screen()).not.toContain('Verifying the token')
    })

    it.each([0, 40])('breaks no word and no command at %i columns', async (columns) => {
      const world = await World.open()
      await world.signIn(['-p', 'work'])
      const calls = [
        ['auth', 'status'],
        ['auth', 'status', '--base-url', 'http://127.0.0.1:65535'],
        ['auth', 'list'],
        ['auth', 'login', 'PLANTED'],
      ]
      for (const args of calls) {
        const shown = world.terminal(args, { columns, screenColumns: 200 })
        await shown.ended
        const lines = shown.output().replaceAll('\r', '').split('\n')
        const plain = lines.map((line) => stripVTControlCharacters(line).trimEnd())
        const command = /^ {2,4}pgrants auth login --profile NEW --base-url \S+$/
        // A longer line is one word, or a command.
        const long = plain.filter((line) => line.length > (columns || 80) && !command.test(line))
        expect(long.filter((line) => line.trim().replace(/^- /, '').includes(' '))).toEqual([])
        expect(plain.filter((line) => command.test(line))).toHaveLength(args.includes('--base-url') ? 1 : 0)
        // The lines have more than one word each.
        expect(plain.some((line) => line.trim().split(' ').length > 2)).toBe(true)
      }
    })

    it('stops on Ctrl-D at a prompt, and says that the input ended', async () => {
      const world = await World.open()
      const shown = runInTerminal(world, ['auth', 'login'])
      for (const step of [username]) await step(shown)
      await shown.shows('Password:')
      shown.type('\x04')
      expect(await shown.ended).toMatchObject({ code: 130, echo: true, lines: true, cursor: 'shown' })
      expect(shown.screen()).toContain('end of input')
      expect(stored(world)).toEqual([])
    })

    it('shows no spinner in a dumb terminal', async () => {
      const world = await World.open()
      await world.signIn()
      world.sandbox.failNext({ delay: 1200 })
      const shown = world.terminal(['auth', 'status', '--check'], { env: { TERM: 'dumb' } })
      expect(await shown.ended).toMatchObject({ code: 0 })
      expect(shown.output()).not.toContain('Verifying the token')
    })

    it('prints colors in a terminal, but not with NO_COLOR', async () => {
      const world = await World.open()
      await world.signIn()
      const colour = String.fromCharCode(27)
      const plain = runInTerminal(world, ['auth', 'status'], { env: { NO_COLOR: '1' } })
      await plain.ended
      expect(plain.output()).not.toContain(`${colour}[3`)
      const coloured = runInTerminal(world, ['auth', 'status'])
      await coloured.ended
      expect(coloured.output()).toContain(`${colour}[3`)
      expect((await world.run(['auth', 'status'])).stdout).not.toContain(colour)
    })
  })
}
