import type { Status } from '@particle-grants/core'
import { defaultAccounts, defaultClients } from '@particle-grants/sandbox'
import { describe, expect, it } from 'vitest'
import { Bench, type Entry } from './bench.ts'
import { readPlace, writePlace } from './link.ts'
import { moves } from './moves.ts'
import { type ScenarioId, scenarioIds, scenarios } from './scenarios.ts'

async function playedThrough(id: ScenarioId): Promise<{ bench: Bench; entries: Entry[] }> {
  const bench = new Bench(scenarios[id])
  const entries: Entry[] = []
  for (const { move } of scenarios[id].steps) {
    entries.push(await bench.perform(moves[move].label, () => moves[move].run(bench)))
  }
  return { bench, entries }
}

/** For each step: the error it was refused with, requests that went out, and the state afterwards. */
const expected: Readonly<Record<ScenarioId, readonly (readonly [string | undefined, number, Status])[]>> = {
  mfa: [
    [undefined, 1, 'mfa_required'],
    ['code_refused', 1, 'mfa_required'],
    [undefined, 1, 'signed_in'],
    [undefined, 1, 'signed_in'],
    [undefined, 0, 'reauthentication_required'],
    ['reauthentication_required', 0, 'reauthentication_required'],
  ],
  product: [
    [undefined, 1, 'signed_in'],
    [undefined, 1, 'signed_in'],
    [undefined, 0, 'signed_in'],
    [undefined, 2, 'signed_in'],
    [undefined, 0, 'signed_in'],
    [undefined, 3, 'signed_in'],
  ],
  customer: [
    [undefined, 1, 'signed_in'],
    [undefined, 0, 'signed_in'],
    [undefined, 2, 'signed_in'],
    [undefined, 0, 'signed_in'],
    ['no_answer', 1, 'signed_in'],
    [undefined, 0, 'signed_in'],
    [undefined, 1, 'signed_in'],
  ],
  refresh: [
    [undefined, 1, 'signed_in'],
    ['not_renewable', 0, 'signed_in'],
    [undefined, 1, 'signed_in'],
  ],
  outage: [
    [undefined, 1, 'signed_in'],
    [undefined, 0, 'signed_in'],
    ['no_answer', 1, 'signed_in'],
    [undefined, 1, 'signed_in'],
    [undefined, 0, 'signed_in'],
    ['unexpected_answer', 1, 'signed_in'],
    [undefined, 1, 'signed_in'],
  ],
  lockout: [
    ['grant_refused', 5, 'signed_out'],
    ['failure_budget_spent', 0, 'signed_out'],
    [undefined, 10, 'signed_out'],
    [undefined, 1, 'signed_out'],
    [undefined, 0, 'signed_out'],
    [undefined, 1, 'signed_in'],
  ],
  sso: [['sso_user', 1, 'signed_out']],
}

describe.each(scenarioIds)('the scenario %s', (id) => {
  it('goes as its steps say', async () => {
    const { entries } = await playedThrough(id)
    expect(entries.map(({ code, exchanges, path }) => [code, exchanges.length, path.at(-1)])).toEqual(
      expected[id],
    )
  })

  it('shows no password, code, token or client secret', async () => {
    const { bench, entries } = await playedThrough(id)
    const shown = JSON.stringify([entries, bench.view()])
    expect(shown).not.toMatch(/[0-9a-f]{32}|[0-9a-f]{8}-[0-9a-f]{4}-/i)
    const secrets = [
      ...defaultAccounts.flatMap(({ password }) => password ?? []),
      ...defaultClients.filter(({ kind }) => kind === 'product').map(({ secret }) => secret),
    ]
    for (const secret of secrets) {
      expect(shown).not.toContain(secret)
      expect(shown).not.toContain(secret.replaceAll(' ', '+'))
    }
  })
})

it('a customer session refreshes first, and asks again after an answer was lost', async () => {
  const { entries } = await playedThrough('customer')
  const grants = entries.flatMap(({ exchanges }) =>
    exchanges.map(({ request }) => /grant_type=(\w+)/.exec(request)?.[1]),
  )
  expect(grants.filter(Boolean)).toEqual(['password', 'refresh_token', 'refresh_token', 'client_credentials'])
})

it('the same token has the same name in the answer, in the next request and in the panel', async () => {
  const bench = new Bench(scenarios.product)
  const asked = await bench.perform('ask', () => bench.authorize())
  const called = await bench.perform('call', () => bench.call())
  expect(asked.exchanges[0]?.answer).toContain('‹access token 1›')
  expect(called.exchanges[0]?.request).toContain('Authorization: Bearer ‹access token 1›')
  expect(bench.view().tokens?.accessToken).toBe('‹access token 1›')
})

it('a refresh token that is sent by hand stands under its name', async () => {
  const bench = new Bench(scenarios.product)
  await bench.perform('ask', () => bench.authorize())
  const { exchanges } = await bench.perform('by hand', () => bench.refreshByHand())
  expect(exchanges[0]?.request).toContain('refresh_token=‹refresh token 1›')
})

it('a code that was used is not sent again: time moves on to the next', async () => {
  const bench = new Bench(scenarios.mfa)
  for (const _ of [1, 2]) {
    await bench.signIn()
    await bench.sendCode(bench.freshCode())
  }
  expect(bench.view().status).toBe('signed_in')
})

describe('a link', () => {
  it.each(scenarioIds)('to %s leads back to it', (scenario) => {
    expect(readPlace(writePlace({ scenario, step: 1 }))).toEqual({ scenario, step: 1 })
  })

  it('that names nothing, or too much, leads somewhere that is there', () => {
    expect(readPlace('')).toEqual({ scenario: 'mfa', step: 0 })
    expect(readPlace('?scenario=constructor&step=1e1')).toEqual({ scenario: 'mfa', step: 0 })
    expect(readPlace('?scenario=sso&step=99')).toEqual({ scenario: 'sso', step: 1 })
  })
})
