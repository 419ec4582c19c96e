import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fences, typeErrors, withoutTypes } from '@particle-grants/test-kit/samples'
import { describe, expect, it } from 'vitest'
import { openStage } from '../generator/exchange/exchange.ts'
import { type Cloud, docs, openCloud } from './cloud.ts'
import { type Given, withGiven } from './given.ts'
import { startRedis } from './redis.ts'

const root = join(docs, '..')
const read = (path: string) => readFileSync(join(root, path), 'utf8')
const blocks = (path: string, ...languages: string[]) => fences(read(path), ...languages)

const product: Given = { id: `const id = 'my-product-1234'`, secret: `const secret = 'product-secret'` }

/** The programs of the READMEs that stand beside packages. Those of core and of the root are run by the examples' tests. */
const programs = (
  [
    [
      'packages/axios/README.md',
      { ...product, authorization: "const authorization = 'Bearer ' + process.env.TOKEN" },
    ],
    ['packages/sandbox/README.md', {}],
    ['packages/store-file/README.md', {}],
    ['packages/store-redis/README.md', product],
    ['packages/process-lock/README.md', {}],
  ] as const
).flatMap(([path, given]) =>
  blocks(path, 'js', 'ts').map((text, at) => ({ name: `${path} ${at + 1}`, text: withGiven(text, given) })),
)

/** Lines that nothing can run here: what is not published, what is typed by hand, what never ends, what is only a place. */
const notHere =
  /^(?:npm install .*|npm run sandbox|npm run demo|npm test|npm run build( && npm install .*)?|cd your-project|npx .*)$/

const shells = [
  { path: 'README.md', folder: '.' },
  { path: 'packages/core/README.md', folder: 'packages/core' },
  { path: 'packages/sandbox/README.md', folder: 'packages/sandbox' },
  { path: 'apps/cli/README.md', folder: 'apps/cli' },
  { path: 'apps/devices-plugin/README.md', folder: 'apps/devices-plugin' },
].flatMap(({ path, folder }) =>
  blocks(path, 'sh').map((text, at) => ({ name: `${path} ${at + 1}`, folder, lines: linesOf(text) })),
)

function linesOf(text: string): readonly string[] {
  const lines = text.split('\n').filter((line) => line !== '')
  return lines.filter((line) => !notHere.test(line.replace(/\s+#.*$/, '')))
}

type Stage = ReturnType<typeof openStage>

async function inCloud(play: (cloud: Cloud, stage: Stage) => Promise<void>): Promise<void> {
  const stage = openStage()
  const cloud = await openCloud(stage.sandbox)
  try {
    await play(cloud, stage)
  } finally {
    await cloud.close()
  }
}

async function tokenOf({ send }: Stage): Promise<string> {
  const dev = { grant_type: 'password', username: 'dev@example.com', password: 'correct horse' }
  return (await send('particle:particle', dev)).access_token ?? ''
}

describe('the programs of the READMEs', () => {
  it('compile', () => {
    const texts = programs.map(({ name, text }) => [`${name.replaceAll(/[/ ]/g, '-')}.ts`, text])
    expect(
      typeErrors(Object.fromEntries(texts), docs, { noImplicitAny: false, noUnusedParameters: false }),
    ).toEqual([])
  })

  it.each(programs.map((program) => [program.name, program.text] as const))('%s runs', (_, text) =>
    inCloud(async (cloud, stage) => {
      const redis = text.includes('redisStore') ? await startRedis() : undefined
      if (redis === 'left out') return
      const TOKEN = await tokenOf(stage)
      cloud.signParticleCliIn(TOKEN)
      const home = cloud.environment.HOME ?? ''
      const ended = await cloud.runModule(withoutTypes(text).replaceAll('/home/me', home), {
        TOKEN,
        ...(redis && { REDIS_URL: redis.url }),
      })
      await redis?.remove()
      expect(ended).toMatchObject({ code: 0, stderr: '' })
      expect(stage.sandbox.requests().filter(({ status }) => status >= 400)).toEqual([])
    }),
  )
})

describe('the commands of the READMEs', () => {
  const toRun = shells.filter(({ lines }) => lines.length > 0)

  it.each(toRun.map((shell) => [shell.name, shell] as const))('%s run', (_, { folder, lines }) =>
    inCloud(async (cloud, stage) => {
      const account = lines.some((line) => line.includes('mfa@example.com'))
        ? 'mfa@example.com'
        : 'dev@example.com'
      const password = stage.sandbox.accounts.find(({ username }) => username === account)?.password ?? ''
      const home = cloud.environment.HOME ?? ''
      writeFileSync(join(home, 'password-file'), `${password}\n`)
      const text = lines.join('\n').replaceAll('password-file', join(home, 'password-file'))
      const ended = await cloud.runShell(`cd "${join(root, folder)}"\n${text}`, {
        // Somebody at a terminal types these.
        ...(lines.some((line) => line.endsWith('auth login')) && {
          PARTICLE_GRANTS_USERNAME: account,
          PARTICLE_GRANTS_PASSWORD: password,
        }),
        CODE: stage.sandbox.otp('mfa@example.com'),
        TOKEN: await tokenOf(stage),
      })
      expect(ended.code, ended.stderr + ended.stdout).toBe(0)
      const refused = stage.sandbox.requests().filter(({ status }) => status >= 400 && status !== 403)
      expect(refused).toEqual([])
    }),
  )

  it('install packages that there are', () => {
    const installed = [
      'axios',
      'core',
      'plugin-auth',
      'process-lock',
      'sandbox',
      'store-file',
      'store-keyring',
      'store-redis',
    ]
    for (const name of installed) {
      const text = read(`packages/${name}/README.md`)
      const named = [...text.matchAll(/(?:npm install|npx) [^\n#`]*/g)].flatMap(([line]) =>
        line.match(/@particle-grants\/[\w-]+/g),
      )
      for (const one of named.filter((found) => found !== null))
        expect(existsSync(join(root, 'packages', one.split('/')[1] ?? '')), one).toBe(true)
    }
  })
})

describe('a package.json that is shown', () => {
  const plugin = JSON.parse(read('packages/plugin-auth/package.json'))
  const example = JSON.parse(read('apps/devices-plugin/package.json'))

  it.each(['docs/guides/oclif-plugin.md', 'packages/plugin-auth/README.md', 'apps/devices-plugin/README.md'])(
    'in %s is the one of the CLI that the tests run',
    (path) => {
      const shown = blocks(path, 'json').map((text) => JSON.parse(text))
      expect(shown).toHaveLength(1)
      for (const { oclif } of shown) {
        expect(oclif.plugins).toEqual(example.oclif.plugins)
        expect(oclif.topicSeparator).toBe(example.oclif.topicSeparator)
        for (const name of Object.keys(oclif)) expect(example.oclif).toHaveProperty(name)
      }
    },
  )

  it('names what the plugin itself is made of', () => {
    const [text = ''] = blocks('docs/guides/oclif-plugin.md', 'json')
    const { dependencies } = JSON.parse(text)
    expect(Object.keys(dependencies)).toEqual(['@oclif/core', plugin.name])
    const { version } = JSON.parse(read('packages/plugin-auth/node_modules/@oclif/core/package.json'))
    expect(dependencies['@oclif/core']).toBe(`^${version.split('.')[0]}`)
  })
})
