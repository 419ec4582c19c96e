import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Sandbox } from '@particle-grants/sandbox'
import { fences, typeErrors, withoutTypes } from '@particle-grants/test-kit/samples'
import { describe, expect, it } from 'vitest'
import { openStage } from '../generator/exchange/exchange.ts'
import { exchanges } from '../generator/exchange/exchanges.ts'
import type { Placeholders } from '../generator/exchange/placeholders.ts'
import { type Cloud, docs, openCloud } from './cloud.ts'
import { withGiven } from './given.ts'
import { guides } from './guides.ts'
import { plainJavaScript } from './plain-javascript.ts'
import { startRedis } from './redis.ts'

const samplesIn = (path: string, ...languages: string[]) =>
  fences(readFileSync(join(docs, path), 'utf8'), ...languages)

const modules = guides.flatMap(({ path, given, unserved = [] }) =>
  (['js', 'ts'] as const).flatMap((language) =>
    samplesIn(path, language).map((text, at) => ({
      unserved,
      name: `${path} ${at + 1}.${language === 'js' ? 'mjs' : 'ts'}`,
      text: withGiven(text, given),
    })),
  ),
)
const commands = guides.flatMap(({ path, left = {} }) =>
  samplesIn(path, 'sh')
    .filter((text) => !Object.keys(left).some((beginning) => text.startsWith(beginning)))
    .map((text, at) => ({ name: `${path} ${at + 1}`, text })),
)

interface Scene {
  readonly sandbox: Sandbox
  readonly cloud: Cloud
  readonly placeholders: Placeholders
  /** What samples take from the environment. */
  readonly environment: { readonly TOKEN: string; readonly CODE: string }
}

/** Plays something where a sign-in waits for its code, and a developer is signed in elsewhere. */
async function inScene(play: (scene: Scene) => Promise<void>): Promise<void> {
  const stage = openStage()
  const { sandbox, placeholders } = stage
  await exchanges.otp.fields(stage)
  const { access_token: TOKEN = '' } = await stage.send('particle:particle', {
    grant_type: 'password',
    username: 'dev@example.com',
    password: 'correct horse',
  })
  const cloud = await openCloud(sandbox)
  try {
    await play({ sandbox, cloud, placeholders, environment: { TOKEN, CODE: sandbox.otp('mfa@example.com') } })
  } finally {
    await cloud.close()
  }
}

describe('the pages', () => {
  it('with samples are all known here', () => {
    const written = readdirSync(join(docs, 'guides')).map((name) => `guides/${name}`)
    expect(guides.map(({ path }) => path).toSorted()).toEqual(['index.md', ...written].toSorted())
  })

  it('have samples that compile', () => {
    const texts = modules.map(({ name, text }) => [name.replaceAll(/[/ ]/g, '-'), text])
    expect(typeErrors(Object.fromEntries(texts), docs, plainJavaScript)).toEqual([])
  })

  it('leave out no command that they have not', () => {
    for (const { path, left = {} } of guides)
      for (const beginning of Object.keys(left))
        expect(
          samplesIn(path, 'sh').some((text) => text.startsWith(beginning)),
          beginning,
        ).toBe(true)
  })
})

async function playModule({ name, text, unserved }: (typeof modules)[number], scene: Scene) {
  const { sandbox, cloud, environment } = scene
  const redis = text.includes('redisStore') ? await startRedis() : undefined
  if (redis === 'left out') return
  const ended = await cloud.runModule(name.endsWith('.ts') ? withoutTypes(text) : text, {
    ...environment,
    CLIENT_ID: 'my-scripts-5678',
    CLIENT_SECRET: text.includes('userClient') ? 'user-client-secret' : 'product-secret',
    PARTICLE_ACCESS_TOKEN: environment.TOKEN,
    ...(redis && { REDIS_URL: redis.url }),
  })
  await redis?.remove()
  expect(ended).toMatchObject({ code: 0, stderr: '' })
  // A 403 is the question for the code. Whatever else is refused shows a sample that does not do what it says.
  const refused = sandbox.requests().filter(({ status }) => status >= 400 && status !== 403)
  expect(refused.filter(({ status, path }) => !(status === 404 && unserved.includes(path)))).toEqual([])
  const said = [...text.matchAll(/console\.log\(.*\) \/\/ (.*)/g)].map(([, output]) => output)
  if (said.length > 0) expect(ended.stdout.trim().split('\n')).toEqual(said)
}

async function playCommands(text: string, { cloud, placeholders, environment, sandbox }: Scene) {
  const who = /--username (\S+)/.exec(text)?.[1]
  const password = sandbox.accounts.find(({ username }) => username === who)?.password ?? ''
  cloud.signParticleCliIn(environment.TOKEN)
  const ended = await cloud.runShell(placeholders.reveal(text), {
    ...environment,
    TOKEN_FROM_THE_SAFE: environment.TOKEN,
    CLIENT_SECRET: text.includes('my-scripts') ? 'user-client-secret' : 'product-secret',
    PASSWORD: password,
  })
  expect(ended.code, ended.stderr + ended.stdout).toBe(0)
  const refused = sandbox.requests().filter(({ status }) => status >= 400 && status !== 403)
  expect(refused).toEqual([])
}

describe('the samples of the pages run:', () => {
  it('where a failure is seen', () =>
    inScene(async ({ cloud }) => {
      expect(await cloud.runModule("throw new Error('seen')")).toMatchObject({
        code: 1,
        stderr: expect.stringContaining('seen'),
      })
      expect(await cloud.runShell('pgrants auth status')).toMatchObject({ code: 3 })
    }))

  it.concurrent.each(modules.map((module) => [module.name, module] as const))('%s', (_, module) =>
    inScene((scene) => playModule(module, scene)),
  )

  it.concurrent.each(commands.map(({ name, text }) => [name, text] as const))('%s', (_, text) =>
    inScene((scene) => playCommands(text, scene)),
  )
})
