import { existsSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { developer, jane, World } from '../test/cli.ts'

const owner = { username: 'owner@example.com', password: 'owner of products' }
const team = ['--product', '1234']
const isWindows = process.platform === 'win32'

/** Opens a world that is signed in as the owner of product 1234. */
async function openAsOwner(): Promise<World> {
  const world = await World.open()
  await world.run(['auth', 'login', '-u', owner.username, '--password-stdin'], { stdin: owner.password })
  return world
}

/** Creates an API user, and returns it with its token. */
async function createApiUser(world: World, args: readonly string[] = ['--scope', 'devices:list']) {
  const { document } = await world.json(['api-users', 'create', ...team, '--name', 'CI', ...args])
  return document as { readonly username: string; readonly token: string }
}

async function getStatus(world: World, token: string, path = '/v1/products/1234/devices') {
  return (await fetch(`${world.server.url}${path}`, { headers: { authorization: `Bearer ${token}` } })).status
}

const readToken = async (world: World) => (await world.run(['auth', 'token'])).stdout.trim()

describe('api-users', () => {
  it('create prints the token alone on stdout, and the username on stderr', async () => {
    const world = await openAsOwner()
    const create = ['api-users', 'create', ...team, '--name', 'CI', '--scope', 'devices:list', '--scope', 'devices:get']
    const { code, stdout, stderr } = await world.run(create)
    expect(code).toBe(0)
    expect(stdout).toMatch(/^[0-9a-f]{40}\n$/)
    expect(stderr).toMatch(/Created ci\+\w+@api\.particle\.io\. Its token never expires/)
    expect(stderr).not.toContain(stdout.trim())
    expect(await getStatus(world, stdout.trim())).toBe(200)
  })

  it('list prints a table, and a document without tokens', async () => {
    const world = await openAsOwner()
    expect((await world.run(['api-users', 'list', ...team])).stdout).toBe('None.\n')
    const { username, token } = await createApiUser(world)
    const { code, stdout, stderr } = await world.run(['api-users', 'list', ...team])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout.split('\n').map((line) => line.split(/ {2,}/))).toEqual([
      ['USERNAME', 'NAME', 'SCOPES', 'REPLACES'],
      [username, 'CI', 'devices:list', '-'],
      [''],
    ])
    const { document } = await world.json(['api-users', 'list', ...team])
    expect(document).toEqual({
      apiUsers: [{ username, name: 'CI', scopes: ['devices:list'], productId: 1234, replaces: null }],
    })
    expect(JSON.stringify(document)).not.toContain(token)
  })

  it('list escapes what could control a terminal', async () => {
    const world = await openAsOwner()
    const name = 'a\u202eb'
    await world.run(['api-users', 'create', ...team, '--name', name, '--scope', 'devices:list'])
    const { stdout } = await world.run(['api-users', 'list', ...team])
    expect(stdout).toContain('a\\u202Eb')
    expect(stdout).not.toContain(name)
  })

  it.each([
    ['api-users', ['--scope', 'devices:list']],
    ['clients', []],
  ])('%s create hides the secret in the trace of requests', async (topic, args) => {
    const world = await openAsOwner()
    const create = [topic, 'create', ...team, '--name', 'CI', ...args]
    const { stdout, stderr } = await world.run(create, { env: { PARTICLE_GRANTS_DEBUG: 'api' } })
    expect(stderr).toContain('POST')
    expect(stdout.trim()).not.toBe('')
    expect(stderr).not.toContain(stdout.trim())
  })

  it('create writes the token to a new file of its owner, and nowhere else', async () => {
    const world = await openAsOwner()
    const file = join(world.home, 'token.txt')
    const create = ['api-users', 'create', ...team, '--name', 'CI', '--scope', 'devices:list', '--output', file]
    const { code, document } = await world.json(create)
    const token = readFileSync(file, 'utf8')
    expect(code).toBe(0)
    expect(token).toMatch(/^[0-9a-f]{40}\n$/)
    expect(document).toMatchObject({ token: null, file })
    expect(JSON.stringify(document)).not.toContain(token.trim())
    if (!isWindows) expect(statSync(file).mode & 0o777).toBe(0o600)
  })

  it('create sends nothing if the file exists, is a link, or has no folder', async () => {
    const world = await openAsOwner()
    const [file, link, target] = ['token.txt', 'link.txt', 'target.txt'].map((name) => join(world.home, name))
    writeFileSync(String(file), 'precious')
    if (!isWindows) symlinkSync(String(target), String(link))
    for (const output of [file, ...(isWindows ? [] : [link]), join(world.home, 'none', 'token.txt')]) {
      const create = ['api-users', 'create', ...team, '--name', 'CI', '--scope', 'devices:list']
      const { code, stdout, stderr } = await world.run([...create, '--output', String(output)])
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
      expect(stderr).toContain('Nothing was sent. Pass the path of a new file.')
    }
    expect(readFileSync(String(file), 'utf8')).toBe('precious')
    expect(existsSync(String(target))).toBe(false)
    expect((await world.json(['api-users', 'list', ...team])).document).toEqual({ apiUsers: [] })
  })

  it('create leaves no file behind if the API refuses', async () => {
    const world = await openAsOwner()
    const file = join(world.home, 'token.txt')
    const create = ['api-users', 'create', '--product', '5678', '--name', 'CI', '--scope', 'devices:list']
    const { code, stderr } = await world.run([...create, '--output', file])
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('Product not found') })
    expect(existsSync(file)).toBe(false)
  })

  it('create says how to find what may exist if there is no response', async () => {
    const world = await openAsOwner()
    await world.server.close()
    const create = ['api-users', 'create', ...team, '--name', 'CI', '--scope', 'devices:list']
    const { code, stderr } = await world.run(create)
    expect(code).toBe(6)
    expect(stderr).toContain('The API user may exist. Delete it then, because its secret is lost. Look for it:')
    expect(stderr).toContain('  pgrants api-users list --product 1234')
    expect(stderr).not.toContain('()')
  })

  it('need a product or an organization, and refuse the username of a person', async () => {
    const world = await openAsOwner()
    expect(await world.run(['api-users', 'list'])).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/--organization, --product/),
    })
    const both = await world.run(['api-users', 'list', ...team, '--org', 'acme'])
    expect(both).toMatchObject({ code: 2, stdout: '' })
    const person = await world.run(['api-users', 'delete', developer.username, ...team, '--yes'])
    expect(person).toMatchObject({ code: 2, stderr: expect.stringContaining('@api.particle.io') })
  })

  it('delete needs --yes in a script, and ends the token', async () => {
    const world = await openAsOwner()
    const { username, token } = await createApiUser(world)
    for (const flags of [[], ['--json']]) {
      const { code, stdout, stderr } = await world.run(['api-users', 'delete', username, ...team, ...flags])
      expect(code).toBe(2)
      expect(stdout + stderr).toContain('Pass --yes to confirm it.')
    }
    expect(await getStatus(world, token)).toBe(200)
    const { code, document } = await world.json(['api-users', 'delete', username, ...team, '--yes'])
    expect({ code, document }).toEqual({ code: 0, document: { username, deleted: true } })
    expect(await getStatus(world, token)).toBe(401)
  })

  it('delete asks in a terminal, and No changes nothing', async () => {
    const world = await openAsOwner()
    const { username, token } = await createApiUser(world)
    const no = world.terminal(['api-users', 'delete', username, ...team])
    await no.shows('Its token ends at once.')
    no.type('\r')
    expect(await no.ended).toMatchObject({ code: 130 })
    expect(no.output()).toContain('Nothing was changed.')
    expect(await getStatus(world, token)).toBe(200)
    const yes = world.terminal(['api-users', 'delete', username, ...team])
    await yes.shows('Its token ends at once.')
    yes.type('\x1b[B\r')
    expect(await yes.ended).toMatchObject({ code: 0 })
    expect(await getStatus(world, token)).toBe(401)
  })

  it('say which token may do it if the token may not', async () => {
    const world = await openAsOwner()
    const { token } = await createApiUser(world)
    const env = { PARTICLE_ACCESS_TOKEN: token }
    const { code, stdout, stderr } = await world.run(['api-users', 'list', ...team], { env })
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    const remedy = "Use an administrator's token of the product or organization"
    expect(stderr).toContain(`\n${remedy}`)
    expect(stderr.split(remedy)).toHaveLength(2)
    expect(stderr).toContain('The token comes from the environment variable PARTICLE_ACCESS_TOKEN.')
    expect(stderr).not.toContain(token)
    const { document } = await world.json(['api-users', 'list', ...team], { env })
    expect(document.error).toMatchObject({ code: 'api_error', remedy: expect.stringContaining(remedy) })
  })
})

describe('api-users rotate', () => {
  it('in a script prints the new token, and the command that ends the old one', async () => {
    const world = await openAsOwner()
    const { username, token } = await createApiUser(world)
    const { code, stdout, stderr } = await world.run(['api-users', 'rotate', username, ...team])
    expect(code).toBe(0)
    expect(stdout).toMatch(/^[0-9a-f]{40}\n$/)
    expect(stderr).not.toContain(stdout.trim())
    expect(await getStatus(world, token)).toBe(200)
    expect(await getStatus(world, stdout.trim())).toBe(200)
    const again = await world.run(['api-users', 'rotate', username, ...team])
    expect(again).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('was not confirmed') })
    const finish = `api-users delete ${username} --product 1234 --yes`
    expect(stderr).toContain(`\n  pgrants ${finish}\n`)
    expect((await world.run(finish.split(' '))).code).toBe(0)
    expect(await getStatus(world, token)).toBe(401)
    expect(await getStatus(world, stdout.trim())).toBe(200)
  })

  it('has a document, and other scopes with --scope', async () => {
    const world = await openAsOwner()
    const { username } = await createApiUser(world)
    const { document } = await world.json(['api-users', 'rotate', username, ...team, '--scope', 'customers:list'])
    expect(document).toMatchObject({ scopes: ['customers:list'], replaces: username, deleted: false, file: null })
    expect(await getStatus(world, document.token, '/v1/products/1234/customers')).toBe(200)
  })

  it.each([
    { answer: 'Yes', keys: '\x1b[B\r', code: 0, status: 401 },
    { answer: 'No', keys: '\r', code: 0, status: 200 },
    { answer: 'Ctrl-C', keys: '\x03', code: 130, status: 200 },
  ])('asks in a terminal whether the new token is in use: $answer', async ({ keys, code, status }) => {
    const world = await openAsOwner()
    const { username, token } = await createApiUser(world)
    const file = join(world.home, 'token.txt')
    const shown = world.terminal(['api-users', 'rotate', username, ...team, '--output', file], { columns: 200 })
    await shown.shows('Is the new token in use?')
    const replacement = readFileSync(file, 'utf8').trim()
    shown.type(keys)
    expect(await shown.ended).toMatchObject({ code })
    const finish = `pgrants api-users delete ${username} --product 1234 --yes`
    expect(shown.output().includes(finish)).toBe(status === 200)
    expect(shown.output()).not.toContain('Nothing was changed')
    expect(shown.output()).not.toContain(replacement)
    expect(await getStatus(world, token)).toBe(status)
    expect(await getStatus(world, replacement)).toBe(200)
  })
})

describe('clients', () => {
  it('create prints the secret alone, list has the client without it, delete ends it', async () => {
    const world = await openAsOwner()
    const { code, stdout, stderr } = await world.run(['clients', 'create', ...team, '--name', 'Backend'])
    expect(code).toBe(0)
    expect(stdout).toMatch(/^\S+\n$/)
    const id = /Created the OAuth client (backend-\S+)\. /.exec(stderr)?.[1] ?? ''
    expect(stderr).not.toContain(stdout.trim())
    const list = await world.run(['clients', 'list', ...team])
    expect(list.stdout).toMatch(/^ID +NAME +TYPE\n/)
    expect(list.stdout).toMatch(new RegExp(`^${id} +Backend +installed$`, 'm'))
    expect(list.stdout).not.toContain(stdout.trim())
    const login = ['auth', 'login', '-p', 'backend', '--client-id', id, '--client-secret-stdin']
    expect((await world.run(login, { stdin: stdout.trim() })).code).toBe(0)

    expect((await world.run(['clients', 'delete', id, ...team, '-p', 'default'])).code).toBe(2)
    const gone = await world.json(['clients', 'delete', id, ...team, '-p', 'default', '--yes'])
    expect(gone).toEqual({ code: 0, document: { id, deleted: true } })
    const { document } = await world.json(['clients', 'list', ...team, '-p', 'default'])
    expect(document.clients.map((one: { id: string }) => one.id)).not.toContain(id)
  })

  it('are those of the account without --product', async () => {
    const world = await openAsOwner()
    const { document } = await world.json(['clients', 'create', '--name', 'Scripts'])
    expect(document).toEqual({
      id: expect.stringMatching(/^scripts-/),
      name: 'Scripts',
      type: 'installed',
      secret: expect.any(String),
      file: null,
    })
    const listed = await world.json(['clients', 'list'])
    expect(listed.document.clients).toContainEqual({ id: document.id, name: 'Scripts', type: 'installed' })
  })
})

describe('customers', () => {
  it('list and delete those of a product', async () => {
    const world = await openAsOwner()
    const { stdout } = await world.run(['customers', 'list', ...team])
    expect(stdout.split('\n')).toEqual(expect.arrayContaining(['NAME', jane.username]))
    expect((await world.run(['customers', 'delete', jane.username, ...team])).code).toBe(2)
    const deleted = await world.run(['customers', 'delete', jane.username, ...team, '--yes'])
    expect(deleted.stdout).toContain(`Deleted the customer ${jane.username}\n`)
    expect(deleted.stderr).toContain('The tokens of the customer are not valid any more.')
    const { document } = await world.json(['customers', 'list', ...team])
    expect(document.customers).not.toContainEqual({ name: jane.username })
    const again = await world.run(['customers', 'delete', jane.username, ...team, '--yes'])
    expect(again).toMatchObject({ code: 1, stderr: expect.stringContaining('Customer not found') })
  })
})

describe('tokens', () => {
  it('show prints the client and the expiry', async () => {
    const world = await openAsOwner()
    const { code, stdout } = await world.run(['tokens', 'show'])
    expect(code).toBe(0)
    expect(stdout).toMatch(/^ {2}- Client: particle\n {2}- Expires: /)
    expect(stdout).not.toContain(await readToken(world))
    const { document } = await world.json(['tokens', 'show'])
    expect(document).toEqual({
      clientId: 'particle',
      expiresAt: expect.stringMatching(/^20\d\d-/),
      neverExpires: false,
      scopes: expect.any(Array),
    })
  })

  it('revoke ends the token and signs the profile out', async () => {
    const world = await openAsOwner()
    const token = await readToken(world)
    expect(await world.run(['tokens', 'revoke'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('Pass --yes to confirm it.'),
    })
    expect(await getStatus(world, token, '/v1/user')).toBe(200)
    const { code, stdout, stderr } = await world.run(['tokens', 'revoke', '--yes'])
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining('Revoked the token\n') })
    expect(stderr).toContain('Profile default is signed out. Sign in again:\n  pgrants auth login')
    expect(await getStatus(world, token, '/v1/user')).toBe(401)
    expect(world.filesWithSecrets()).toEqual([])
    expect((await world.run(['auth', 'token'])).code).toBe(3)
  })

  it('revoke keeps the sign-in if the API does not confirm it', async () => {
    const world = await openAsOwner()
    const token = await readToken(world)
    await world.server.close()
    expect((await world.run(['tokens', 'revoke', '--yes'])).code).toBe(6)
    expect(await readToken(world)).toBe(token)
  })

  it('revoke of a token in the environment says that the variable is useless, and keeps the profile', async () => {
    const world = await openAsOwner()
    const kept = await readToken(world)
    const { token } = await createApiUser(world)
    const env = { PARTICLE_ACCESS_TOKEN: token }
    const { code, stderr } = await world.run(['tokens', 'revoke', '--yes'], { env })
    expect(code).toBe(0)
    expect(stderr).toContain('The token in PARTICLE_ACCESS_TOKEN is not valid any more.')
    expect(await getStatus(world, token)).toBe(401)
    expect(await readToken(world)).toBe(kept)
  })

  it('revoke --all asks, and ends the tokens of other programs', async () => {
    const world = await openAsOwner()
    const first = await readToken(world)
    const login = ['auth', 'login', '-p', 'other', '-u', owner.username, '--password-stdin']
    await world.run(login, { stdin: owner.password })
    const shown = world.terminal(['tokens', 'revoke', '--all'], { columns: 200 })
    await shown.shows('Every program that uses the account loses its token.')
    shown.type('\r')
    expect(await shown.ended).toMatchObject({ code: 130 })
    expect(await getStatus(world, first, '/v1/user')).toBe(200)
    const { code, document } = await world.json(['tokens', 'revoke', '--all', '--yes'])
    expect({ code, document }).toEqual({ code: 0, document: { revoked: 'all', profile: 'other' } })
    expect(await getStatus(world, first, '/v1/user')).toBe(401)
    expect((await world.json(['auth', 'status', '-p', 'other'])).code).toBe(3)
  })
})
