import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createClock, createSandbox } from '@particle-grants/sandbox'
import { reportSkipped } from '@particle-grants/test-kit/levels'
import { canOpenTerminals, openTerminal } from '@particle-grants/test-kit/terminal'
import { afterAll, beforeEach, describe, expect, inject, it } from 'vitest'
import { recordAll } from '../generator/exchange/exchanges.ts'
import { type Cloud, docs, openCloud } from './cloud.ts'
import { checkExchange, playGrantSample } from './grant-samples.ts'
import { prepareAccounts } from './prepare-accounts.ts'
import { secretsFor } from './sample-secrets.ts'
import { promptingCommands, type ShellSample, shellSamples } from './shell-samples.ts'

const recordings = await recordAll()
const cloud = await openCloud()
/** For authenticator codes, which the command line makes from the time of day. */
const cloudInRealTime = await openCloud(createSandbox({ clock: createClock() }))
afterAll(() => Promise.all([cloud.close(), cloudInRealTime.close()]))
beforeEach(() => cloud.reset())

async function runGrantSample(sample: NonNullable<ShellSample['sample']>): Promise<void> {
  const { exchange } = sample
  const played = await playGrantSample(cloud, sample, (text) => cloud.runShell(text, secretsFor(text, cloud.stage)))
  expect(played.run.code, played.run.stderr).toBe(0)
  checkExchange(sample, recordings[exchange], played)
}

async function runSample({ text, folder }: ShellSample, place: Cloud): Promise<void> {
  const { sandbox, placeholders } = place.stage
  const { TOKEN, PRODUCT_TOKEN, ADMIN_TOKEN } = await prepareAccounts(place)
  const { PASSWORD } = secretsFor(`$PASSWORD ${text}`, place.stage)
  writeFileSync(join(place.home, 'password-file'), `${PASSWORD}\n`)
  const before = sandbox.requests().length
  const needsAdministrator = /^curl.*\/(?:team|clients)\b|^pgrants api-users /s.test(text)
  const own = placeholders.reveal(text).replaceAll('password-file', join(place.home, 'password-file'))
  const { code, stdout, stderr } = await place.runShell(`cd "${join(docs, '..', folder)}"\n${own}`, {
    ...secretsFor(text, place.stage),
    TOKEN,
    TOKEN_OF_API_USER: TOKEN,
    // `pgrants` would use it instead of a sign-in.
    ...((text.startsWith('curl') || needsAdministrator) && {
      PARTICLE_ACCESS_TOKEN: needsAdministrator
        ? ADMIN_TOKEN
        : (/\/v1\/products\//.test(text) && PRODUCT_TOKEN) || TOKEN,
    }),
    // In a terminal the command prompts for these.
    ...(/auth login$/m.test(text) && {
      PARTICLE_GRANTS_USERNAME: 'dev@example.com',
      PARTICLE_GRANTS_PASSWORD: 'correct horse',
    }),
  })
  expect(code, stderr + stdout).toBe(0)
  const sent = sandbox.requests().slice(before)
  // The 403 asks for the code.
  expect(sent.filter(({ status }) => status >= 400 && status !== 403)).toEqual([])
  if (!text.includes('$TOKEN')) expect(sent.at(-1)).toMatchObject({ status: 200 })
}

describe('a command that fails', () => {
  it('is reported with its exit code', async () => {
    expect(await cloud.runShell('pgrants auth status')).toMatchObject({ code: 3 })
  })
})

describe('the commands of the docs and READMEs', () => {
  it.each(shellSamples(recordings).map((one) => [one.places.join(' = '), one] as const))('%s runs', async (_, one) => {
    if (one.sample !== undefined) await runGrantSample(one.sample)
    else if (one.text.includes('$TOTP_KEY')) await runSample(one, cloudInRealTime)
    else await runSample(one, cloud)
  })
})

/** Returns each prompt of a chooser's command, and what is typed there. */
function promptsOf(end: string): readonly (readonly [prompt: string, typed: () => string])[] {
  const { sandbox } = cloud.stage
  const account = end === 'mfa' ? 'mfa@example.com' : 'dev@example.com'
  const username = end === 'customer_password' ? 'jane@example.com' : account
  const password = sandbox.accounts.find((one) => one.username === username)?.password ?? ''
  const prompts = {
    account: ['Username (email):', () => `${username}\r`],
    password: ['Password:', () => `${password}\r`],
    code: ['Authenticator code', () => `${sandbox.otp(username)}\r`],
    secret: ['Client secret of my-product-1234:', () => 'product-secret\r'],
  } as const
  const expected: Readonly<Record<string, readonly (keyof typeof prompts)[]>> = {
    password: ['account', 'password'],
    mfa: ['account', 'password', 'code'],
    product: ['secret'],
    customers: ['secret'],
    customer_password: ['secret', 'password'],
  }
  return (expected[end] ?? []).map((prompt) => prompts[prompt])
}

if (canOpenTerminals !== true) reportSkipped("the chooser's commands in a terminal", canOpenTerminals)
describe.runIf(canOpenTerminals === true)('the commands of the chooser', () => {
  it.each(promptingCommands)('%s signs in at a terminal', async (end, text) => {
    const program = `pgrants() { "${process.execPath}" "${inject('pgrants')}" "$@"; }`
    const terminal = openTerminal('bash', ['-c', `${program}\n${text}`], { env: cloud.environment })
    for (const [prompt, type] of promptsOf(end)) {
      await terminal.shows(prompt)
      terminal.type(type())
    }
    await terminal.shows('Expires')
    expect(await terminal.ended).toMatchObject({ code: 0 })
  })
})
