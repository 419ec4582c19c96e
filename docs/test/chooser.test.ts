import { createClock } from '@particle-grants/sandbox'
import { reportSkipped } from '@particle-grants/test-kit/levels'
import { canOpenTerminals, openTerminal } from '@particle-grants/test-kit/terminal'
import { describe, expect, it } from 'vitest'
import { ends } from '../.vitepress/theme/chooser/tree.ts'
import { openStage } from '../generator/exchange/exchange.ts'
import { exchanges } from '../generator/exchange/exchanges.ts'
import { type Cloud, openCloud } from './cloud.ts'

const commands = Object.entries(ends).flatMap(([name, end]) =>
  end.commands.map(({ label, text }) => ({ name, label, text })),
)
const typed = commands.filter(({ text }) => text.startsWith('pgrants'))
const unattended = commands.filter(({ text }) => !text.startsWith('pgrants'))

type Stage = ReturnType<typeof openStage>

/** Plays something where a sign-in waits for its code, as the examples of the second step have it. */
async function inScene(play: (cloud: Cloud, stage: Stage) => Promise<void>): Promise<void> {
  // A code is made from the time of day, so the clock goes.
  const stage = openStage(createClock())
  await exchanges.otp.fields(stage)
  const cloud = await openCloud(stage.sandbox)
  try {
    await play(cloud, stage)
  } finally {
    await cloud.close()
  }
}

/** The example of the catalogue signs in with a password that its account in the sandbox does not have. */
function withPasswords(text: string): string {
  return text.includes('my-product') ? text.replace('correct horse', 'janes own password') : text
}

async function secretsOf(text: string, { sandbox, send }: Stage) {
  const account = sandbox.accounts.find(({ username }) => username === 'mfa@example.com')
  const dev = { grant_type: 'password', username: 'dev@example.com', password: 'correct horse' }
  return {
    PASSWORD: account?.password ?? '',
    CODE: sandbox.otp('mfa@example.com'),
    TOTP_KEY: account?.mfa?.secret ?? '',
    CLIENT_SECRET: text.includes('my-scripts') ? 'user-client-secret' : 'product-secret',
    TOKEN: text.includes('"$TOKEN"') ? ((await send('particle:particle', dev)).access_token ?? '') : '',
  }
}

/** What somebody types at each prompt of the command line. */
function answersTo(
  name: string,
  { sandbox }: Stage,
): readonly (readonly [prompt: string, typed: () => string])[] {
  const account = name === 'mfa' ? 'mfa@example.com' : 'dev@example.com'
  const username = name === 'customer_password' ? 'jane@example.com' : account
  const password = sandbox.accounts.find((one) => one.username === username)?.password ?? ''
  const all = {
    who: ['Who are you?', () => '\r'],
    account: ['Account (email):', () => `${username}\r`],
    password: ['Password:', () => `${password}\r`],
    code: ['tries left', () => `${sandbox.otp(username)}\r`],
    secret: ['Secret of my-product-1234:', () => 'product-secret\r'],
  } as const
  const asked: Readonly<Record<string, readonly (keyof typeof all)[]>> = {
    password: ['who', 'account', 'password'],
    mfa: ['who', 'account', 'password', 'code'],
    product: ['secret'],
    customers: ['secret'],
    customer_password: ['secret', 'password'],
  }
  return (asked[name] ?? []).map((prompt) => all[prompt])
}

describe('the commands of the chooser', () => {
  it.concurrent.each(unattended.map((one) => [`${one.name}: ${one.label}`, one] as const))(
    '%s runs without a terminal',
    (_, { text }) =>
      inScene(async (cloud, stage) => {
        const secrets = await secretsOf(text, stage)
        const live = stage.placeholders.reveal(withPasswords(text)).replace('<secret>', secrets.CLIENT_SECRET)
        const before = stage.sandbox.requests().length
        const { code, stderr, stdout } = await cloud.runShell(live, secrets)
        expect(code, stderr + stdout).toBe(0)
        const sent = stage.sandbox.requests().slice(before)
        const refused = sent.filter(({ status }) => status !== 200 && status !== 403)
        expect(refused).toEqual([])
        if (!text.includes('"$TOKEN"')) expect(sent.at(-1)).toMatchObject({ status: 200 })
      }),
  )

  if (canOpenTerminals !== true) reportSkipped("the chooser's commands in a terminal", canOpenTerminals)
  else
    it.each(typed.map((one) => [one.name, one] as const))('%s leads to a token in a terminal', (_, one) =>
      inScene(async (cloud, stage) => {
        const terminal = openTerminal('bash', ['-c', one.text], { env: cloud.environment })
        for (const [prompt, type] of answersTo(one.name, stage)) {
          await terminal.shows(prompt)
          terminal.type(type())
        }
        await terminal.shows('Good until')
        expect(await terminal.ended).toMatchObject({ code: 0 })
      }),
    )
})
