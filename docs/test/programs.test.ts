import { describeWithService } from '@particle-grants/test-kit/services'
import type { createClient } from 'redis'
import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { RedisServer } from '../../packages/store-redis/test/redis-server.ts'
import { recordAll } from '../generator/exchange/exchanges.ts'
import { languageOf } from '../generator/samples/sample.ts'
import { allSamples } from '../generator/samples/samples.ts'
import { openCloud } from './cloud.ts'
import { checkExchange, playGrantSample } from './grant-samples.ts'
import { coreReadme, type PageProgram, pagePrograms, rootReadme } from './page-programs.ts'
import { prepareAccounts } from './prepare-accounts.ts'
import { secretsFor } from './sample-secrets.ts'

const recordings = await recordAll()
const cloud = await openCloud()
afterAll(() => cloud.close())

const redisClients = vi.hoisted((): { destroy(): void }[] => [])
// Samples leave their clients open. A client would report errors when its server ends.
vi.mock('redis', async (importOriginal) => {
  const redis = await importOriginal<{ createClient: typeof createClient }>()
  return {
    ...redis,
    createClient: (...args: Parameters<typeof createClient>) => {
      const client = redis.createClient(...args)
      redisClients.push(client)
      return client
    },
  }
})

beforeEach(() => cloud.reset())

/** Returns what the comments after calls of `console.log` promise. */
function expectedOutput(text: string): string[] {
  return [...text.matchAll(/console\.log\(.*\) \/\/ (.*)/g)].map(([, output = '']) => output)
}

describe('a sample that fails', () => {
  it('is reported with its error', async () => {
    const run = await cloud.runModule("throw new Error('seen')")
    expect(run).toMatchObject({ code: 1, stderr: expect.stringContaining('seen') })
  })
})

describe('the programs of the grant pages', () => {
  const samples = allSamples(recordings).filter(({ tool }) => languageOf(tool) === 'js')

  it.each(samples.map((sample) => [sample.exchange, sample.tool, sample] as const))(
    '%s by %s sends what the page shows',
    async (_exchange, _tool, sample) => {
      const played = await playGrantSample(cloud, sample, (text) =>
        cloud.runModule(text, secretsFor(text, cloud.stage)),
      )
      expect(played.run).toMatchObject({ code: 0, stderr: '' })
      checkExchange(sample, recordings[sample.exchange], played)
    },
  )
})

const signInToWork = "echo 'correct horse' | pgrants auth login -p work -u dev@example.com --password-stdin"

async function playProgram({ text, unserved }: PageProgram, variables: Record<string, string> = {}) {
  const { TOKEN, CODE } = await prepareAccounts(cloud)
  // These open sockets themselves, which cannot be redirected.
  const url = /from '(?:got|undici)'/.test(text)
    ? (cloud.environment.PARTICLE_GRANTS_BASE_URL ?? '')
    : 'https://api.particle.io'
  const local = text.replaceAll('/home/me', cloud.home).replaceAll('https://api.particle.io', url)
  // Otherwise the token in the environment is used.
  const usesProfile = text.includes('// profile work')
  if (usesProfile) await cloud.runShell(signInToWork)
  const run = await cloud.runModule(local, {
    TOKEN,
    CODE,
    CLIENT_ID: 'my-scripts-5678',
    CLIENT_SECRET: text.includes('userClient') ? 'user-client-secret' : 'product-secret',
    ...(!usesProfile && { PARTICLE_ACCESS_TOKEN: TOKEN }),
    PARTICLE_USERNAME: 'dev@example.com',
    PARTICLE_PASSWORD: 'correct horse',
    ...(text.includes('PARTICLE_CLIENT_ID: id') && {
      PARTICLE_CLIENT_ID: 'my-product-1234',
      PARTICLE_CLIENT_SECRET: 'product-secret',
    }),
    ...variables,
  })
  expect(run).toMatchObject({ code: 0, stderr: '' })
  const sent = cloud.stage.sandbox.requests()
  const isReplay = text.includes('/__sandbox/revoke')
  const isExpected = ({ status, path }: (typeof sent)[number]) =>
    status < 400 ||
    status === 403 || // asks for the code
    (status === 401 && isReplay) ||
    (status === 404 && unserved.includes(path))
  // After any other error the sample does not do what it says.
  expect(sent.filter((request) => !isExpected(request))).toEqual([])
  if (isReplay) expect(sent.slice(-3).map(({ status }) => status)).toContain(200)
  if (isReplay) expect(sent.map(({ status }) => status)).toContain(401)
  const expected = expectedOutput(text)
  if (expected.length > 0) expect(run.stdout.trim().split('\n')).toEqual(expected)
}

describe('the programs of the guides and READMEs', () => {
  const onRedis = (program: PageProgram) => program.text.includes('redisStore')
  const others = pagePrograms.filter((program) => !onRedis(program))

  it.each(others.map((program) => [program.name, program] as const))('%s runs', (_, program) => playProgram(program))

  describeWithService('redis', 'the samples on Redis', () => {
    it.each(pagePrograms.filter(onRedis).map((program) => [program.name, program] as const))(
      '%s runs',
      async (_, program) => {
        const redis = await RedisServer.start('redis-server')
        try {
          await playProgram(program, { REDIS_URL: redis.url })
        } finally {
          for (const client of redisClients.splice(0)) client.destroy()
          await redis.remove()
        }
      },
    )
  })

  it('README.md prints what its comments say', async () => {
    const { stdout, ...run } = await cloud.runModule(rootReadme)
    expect(run).toEqual({ code: 0, stderr: '' })
    expect(stdout.trim().split('\n')).toEqual(expectedOutput(rootReadme))
  })

  it('packages/core/README.md runs from its first sample to its last', async () => {
    const run = await cloud.runModule(`${coreReadme}\nconsole.log(particle.requests().length > 0)`, {
      PARTICLE_ACCESS_TOKEN: '0123456789abcdef0123456789abcdef01234567',
    })
    expect(run).toEqual({ code: 0, stdout: 'true\n', stderr: '' })
  })
})
