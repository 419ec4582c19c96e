import type { Status } from '@particle-grants/core/machine'
import { defaultAccounts, defaultClients } from '@particle-grants/sandbox'
import { describe, expect, it } from 'vitest'
import { Bench, type Entry } from './bench.ts'
import { formatDistance } from './describe-session.ts'
import { moves } from './moves.ts'
import { readPlace, type ScenarioId, scenarioIds, scenarios, writePlace } from './scenarios.ts'

async function play(id: ScenarioId): Promise<{ bench: Bench; entries: Entry[] }> {
  const bench = new Bench(scenarios[id])
  const entries: Entry[] = []
  for (const [move] of scenarios[id].steps) entries.push(await bench.perform(moves[move].label, moves[move].run))
  return { bench, entries }
}

/** For each step: its error, the number of requests, and the state afterwards. */
const expected: Readonly<Record<ScenarioId, readonly (readonly [string | undefined, number, Status])[]>> = {
  mfa: [
    [undefined, 1, 'mfa_required'],
    ['invalid_code', 1, 'mfa_required'],
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
    ['network_error', 1, 'signed_in'],
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
    ['network_error', 1, 'signed_in'],
    [undefined, 1, 'signed_in'],
    [undefined, 0, 'signed_in'],
    ['temporarily_unavailable', 1, 'signed_in'],
    [undefined, 1, 'signed_in'],
  ],
  lockout: [
    ['backing_off', 3, 'signed_out'],
    [undefined, 1, 'signed_in'],
    [undefined, 10, 'signed_in'],
    [undefined, 1, 'signed_in'],
    [undefined, 0, 'signed_in'],
    [undefined, 1, 'signed_in'],
  ],
  sso: [['sso_required', 1, 'signed_out']],
}

describe.each(scenarioIds)('the scenario %s', (id) => {
  it('has the outcomes that its steps describe', async () => {
    const { entries } = await play(id)
    expect(entries.map(({ code, exchanges, path }) => [code, exchanges.length, path.at(-1)])).toEqual(expected[id])
  })

  it('shows no password, code, token or client secret', async () => {
    const { bench, entries } = await play(id)
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

it('refreshes a customer session first, and requests a new token after a lost response', async () => {
  const { entries } = await play('customer')
  const grants = entries.flatMap(({ exchanges }) =>
    exchanges.map(({ request }) => /grant_type=(\w+)/.exec(request)?.[1]),
  )
  expect(grants.filter(Boolean)).toEqual(['password', 'refresh_token', 'refresh_token', 'client_credentials'])
})

it('shows the same name for a token in the response, in the next request and in the panel', async () => {
  const bench = new Bench(scenarios.product)
  const requested = await bench.perform('request', moves.request_token.run)
  const called = await bench.perform('call', moves.call.run)
  expect(requested.exchanges[0]?.response).toContain('‹access_token 1›')
  expect(called.exchanges[0]?.request).toContain('Authorization: Bearer ‹access_token 1›')
  expect(bench.view().lines).toContainEqual(['Access token', '‹access_token 1›, expires in 90 days'])
})

it('shows the name of a refresh token that is sent with curl', async () => {
  const bench = new Bench(scenarios.product)
  await bench.perform('request', moves.request_token.run)
  const { exchanges } = await bench.perform('curl', moves.refresh_with_curl.run)
  expect(exchanges[0]?.request).toContain('refresh_token=‹refresh_token 1›')
})

it('moves the clock to the next code instead of sending a used one', async () => {
  const bench = new Bench(scenarios.mfa)
  for (const move of ['sign_in', 'code', 'sign_in', 'code'] as const) await bench.perform(move, moves[move].run)
  expect(bench.view().status).toBe('signed_in')
})

it('shows the time of the clock in UTC', () => {
  const { lines } = new Bench(scenarios.mfa).view()
  expect(lines[0]).toEqual(['Clock', expect.stringMatching(/^20\d\d-\d\d-\d\d \d\d:\d\d:\d\d UTC/)])
})

it.each([
  [0, 90 * 86_400_000, 'in 90 days'],
  [3_600_000, 0, '1 hour ago'],
  [0, 90_000, 'in 1 minute'],
  [0, 0, '0 seconds ago'],
])('formats the distance from %d to %d as %s', (from, to, text) => {
  expect(formatDistance(from, to)).toBe(text)
})

describe('a link', () => {
  it.each(scenarioIds)('to %s leads back to it', (scenario) => {
    expect(readPlace(writePlace({ scenario, step: 1 }))).toEqual({ scenario, step: 1 })
  })

  it('without a valid position opens an existing one', () => {
    expect(readPlace('')).toEqual({ scenario: 'mfa', step: 0 })
    expect(readPlace('?scenario=constructor&step=1e1')).toEqual({ scenario: 'mfa', step: 0 })
    expect(readPlace('?scenario=sso&step=99')).toEqual({ scenario: 'sso', step: 1 })
  })
})
