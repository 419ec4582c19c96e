import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { particleCliProfile } from '@particle-grants/store-file/particle-cli'
import { describeStress } from '@particle-grants/test-kit/levels'
import { beforeAll, expect, it } from 'vitest'
import { developer, World } from '../test/cli.ts'
import { npmInstall, runNode, temporaryFolder } from '../test/packed.ts'

describeStress('particle-cli 3.43.1, unmodified', () => {
  const folder = temporaryFolder('particle-cli')
  beforeAll(() => npmInstall(folder, ['particle-cli@3.43.1']), 300_000)

  /** A machine whose particle-cli talks to the sandbox: by its profile, as it is documented. */
  async function open() {
    const world = await World.open()
    const profile = join(world.home, '.particle/particle.config.json')
    mkdirSync(join(world.home, '.particle'), { mode: 0o700 })
    writeFileSync(profile, JSON.stringify({ apiUrl: world.server.url, its_own: 'setting' }))
    const particle = (...args: string[]) =>
      runNode(join(folder, 'node_modules/particle-cli/src/index.js'), args, { env: { HOME: world.home } })
    return { world, particle }
  }

  it('passes on its token with --from-particle-cli', async () => {
    const { world, particle } = await open()
    const signedIn = await particle('login', '--username', developer.username, '--password', developer.password)
    expect(signedIn).toMatchObject({ code: 0 })
    const taken = await world.run(['auth', 'login', '--from-particle-cli'])
    const { document } = await world.json(['auth', 'status', '--check'])

    expect(taken.code, taken.stderr).toBe(0)
    expect(document).toMatchObject({ account: developer.username })
    expect((await world.run(['api', '/v1/devices'])).code).toBe(0)
  })

  it('is read by the library as it wrote it', async () => {
    const { world, particle } = await open()
    await particle('login', '--username', developer.username, '--password', developer.password)
    const signIn = await particleCliProfile({ home: world.home }).read()

    expect(signIn).toMatchObject({ username: developer.username, apiUrl: world.server.url })
    const answer = await fetch(`${world.server.url}/v1/user`, {
      headers: { Authorization: `Bearer ${signIn?.accessToken.reveal()}` },
    })
    expect(answer.status).toBe(200)
  })
})
