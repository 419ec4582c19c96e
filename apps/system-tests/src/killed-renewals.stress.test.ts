import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { createSession, customer, productClient } from '@particle-grants/core'
import { defaultClients } from '@particle-grants/sandbox'
import { reportCounts, rounds } from '@particle-grants/test-kit/levels'
import { buildProgram, type Program, runProgram } from '@particle-grants/test-kit/programs'
import { beforeAll, expect, it } from 'vitest'
import { openStore, type StoreLocation } from '../programs/open-store.ts'
import type { RenewalLoopInput } from '../programs/renewal-loop.ts'
import { jane, signInCustomer } from '../test/signed-in-customer.ts'
import { describeOnEachStore } from '../test/stores.ts'

/** A product client without `client_credentials`: only the refresh token renews the tokens of its customers. */
const refreshOnly = { id: 'refresh-only-1234', secret: 'refresh-only-secret' }

/** How long the lock of a killed process stays on Redis, in milliseconds. A living one extends it every 700. */
const leaseMs = 2000

let program: string
beforeAll(async () => {
  program = await buildProgram(new URL('../programs/renewal-loop.ts', import.meta.url))
})

async function openWorld(location: StoreLocation) {
  const store = location.type === 'redis' ? { ...location, leaseMs } : location
  const product = defaultClients.find(({ id }) => id === 'my-product-1234')
  if (product === undefined) throw new Error('The sandbox has no product client')
  const clients = [...defaultClients, { ...product, ...refreshOnly, disallowedGrants: ['client_credentials'] }]
  const signedIn = await signInCustomer(store, {
    client: refreshOnly,
    sandbox: { clients, rateLimit: false, lockout: false },
  })
  const { baseUrl, password } = signedIn
  const input: RenewalLoopInput = { baseUrl, client: refreshOnly, customer: jane, password, store }
  return { ...signedIn, input }
}

describeOnEachStore('processes that renew the token of one customer and are killed at random', (shared) => {
  it('lose no token, and send no refresh token twice unless its response was lost', async () => {
    const kills = rounds({ test: 3, stress: 25 })
    const { sandbox, input } = await openWorld(await shared.start())
    // The refresh token is used before the response returns, so a crash in between loses the new one.
    const match = { grant_type: 'refresh_token' }
    sandbox.failNext({ delay: 20, after: true, times: Number.MAX_SAFE_INTEGER, match })
    const lines: string[] = []
    const listRefreshes = () => sandbox.requests().filter(({ grant_type }) => grant_type === 'refresh_token')
    const listGranted = () => listRefreshes().filter(({ status }) => status === 200)
    const start = () => startLoop(input, (line) => lines.push(line))
    const running: Loop[] = [start(), start(), start()]
    for (let killed = 0; killed < kills; killed += 1) {
      const index = killed % running.length
      const victim = running[index] as Loop
      const before = listGranted().length
      // It has renewed once, and another renewal succeeded since the last kill: it is killed somewhere in the next one.
      await victim.firstRenewal
      await expect.poll(() => listGranted().length).toBeGreaterThan(before)
      await setTimeout(Math.random() * 30)
      victim.kill('SIGKILL')
      await victim.ended
      running[index] = start()
    }
    for (const loop of running) {
      await loop.firstRenewal
      loop.end()
      await loop.ended
    }

    const count = (line: string) => lines.filter((other) => other === line).length
    const aborted = listRefreshes().filter(({ dropped }) => dropped === 'by the client')
    const refused = listRefreshes().filter(({ status }) => status === 400)
    // Refreshes that no process reported as saved.
    const lostResponses = listGranted().length + aborted.length - count('refreshed')
    const { store, close } = await openStore(input.store)
    const session = createSession({
      client: productClient(refreshOnly),
      subject: customer(jane),
      baseUrl: input.baseUrl,
      store,
    })
    const state = await session.load()
    const response = await session.fetch('/v1/devices')
    close()
    reportCounts(`renewals killed at random on ${shared.name}`, {
      kills,
      'refreshes granted': listGranted().length,
      'adopted from another process': count('adopted'),
      'responses lost with their process': lostResponses,
      'refresh tokens sent twice': refused.length,
      'signed in again': count('signed in'),
      'tokens lost otherwise': response.status === 200 ? 0 : 1,
    })
    expect(state.status).toBe('signed_in')
    expect(response.status).toBe(200)
    // Each lost response costs at most one retry with the same refresh token.
    expect(refused.length).toBeLessThanOrEqual(lostResponses)
    const files = input.store.type === 'file' ? readFiles(input.store.directory) : []
    for (const text of files) {
      expect(text).not.toContain(input.password)
      expect(text).not.toContain(input.client.secret)
    }
  }, 900_000)
})

/** A process that renews in a loop. */
interface Loop extends Pick<Program, 'kill' | 'end'> {
  /** Resolves at its first line. Rejects with its stderr if it ends without one. */
  readonly firstRenewal: Promise<void>
  /** Resolves when it has ended, and all its lines were read. */
  readonly ended: Promise<void>
}

function startLoop(input: RenewalLoopInput, onLine: (line: string) => void): Loop {
  const started = runProgram(program)
  started.send(JSON.stringify(input))
  const first = started.next()
  const listen = async () => {
    onLine(await first)
    for (;;) onLine(await started.next())
  }
  // Reading ends with a rejection when the process exits.
  const ended = listen().catch(() => {})
  return { firstRenewal: first.then(() => {}), ended, kill: started.kill, end: started.end }
}

/** Reads every file below a folder. */
function readFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'))
}
