import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { createSession, customer, productClient, resetFailureBudget, type Store } from '@particle-grants/core'
import { defaultClients, type Sandbox } from '@particle-grants/sandbox'
import { reportCounts, rounds } from '@particle-grants/test-kit/levels'
import { buildProgram, type Program, runProgram } from '@particle-grants/test-kit/programs'
import { beforeAll, describe, expect, it } from 'vitest'
import { openStore } from '../programs/open-store.ts'
import type { RenewerOrders } from '../programs/renewer.ts'
import { customerSignedIn, jane, temporaryFolder } from './world.ts'

/** A product client without `client_credentials`: nothing but the refresh token renews its customers' tokens. */
const refreshOnly = { id: 'refresh-only-1234', secret: 'refresh-only-secret' }

let program: string
beforeAll(async () => {
  program = await buildProgram(new URL('../programs/renewer.ts', import.meta.url))
})

async function world() {
  const directory = temporaryFolder()
  const store = { type: 'file', directory } as const
  const product = defaultClients.find(({ id }) => id === 'my-product-1234')
  if (product === undefined) throw new Error('The sandbox has no product client')
  const clients = [...defaultClients, { ...product, ...refreshOnly, refusedGrants: ['client_credentials'] }]
  const signedIn = await customerSignedIn(store, {
    client: refreshOnly,
    sandbox: {
      clients,
      rateLimit: false,
      lockout: false,
    },
  })
  const orders: RenewerOrders = {
    baseUrl: signedIn.baseUrl,
    client: refreshOnly,
    customer: jane,
    password: signedIn.password,
    store,
  }
  return { ...signedIn, orders, directory }
}

describe('processes that renew one customer’s token on a file store, and are killed at random', () => {
  it('lose no token, and send no refresh token twice but after its answer was lost', async () => {
    const kills = rounds({ test: 3, stress: 150 })
    const { sandbox, orders, directory } = await world()
    // The token is spent, and the answer takes its time: this is where a death costs something.
    const match = { grant_type: 'refresh_token' }
    sandbox.failNext({ delay: 20, after: true, times: Number.MAX_SAFE_INTEGER, match })
    const lines: string[] = []
    const opened = await openStore(orders.store)
    const refreshes = () => sandbox.requests().filter(({ grant_type }) => grant_type === 'refresh_token')
    const granted = () => refreshes().filter(({ status }) => status === 200)
    const tending = tendBudget({ sandbox, store: opened.store, baseUrl: orders.baseUrl })
    const begin = () => start(orders, (line) => lines.push(line))
    const running: Renewer[] = [begin(), begin(), begin()]
    for (let killed = 0; killed < kills; killed += 1) {
      const index = killed % running.length
      const victim = running[index] as Renewer
      const before = granted().length
      // It has got through a step, and somebody has renewed since the last death: it dies somewhere in what comes next.
      await victim.doneSomething
      await expect.poll(() => granted().length).toBeGreaterThan(before)
      await setTimeout(Math.random() * 30)
      victim.kill('SIGKILL')
      await victim.ended
      running[index] = begin()
      await tending.reset()
    }
    for (const one of running) {
      await one.doneSomething
      one.end()
      await one.ended
    }
    await tending.end()

    const count = (line: string) => lines.filter((other) => other === line).length
    const cutOff = refreshes().filter(({ dropped }) => dropped === 'by the client')
    const spent = refreshes().filter(({ status }) => status === 400)
    // Sent, and no process lived to say that it has saved what came of it.
    const lostAnswers = granted().length + cutOff.length - count('refreshed')
    const { store, close } = opened
    const session = createSession({
      client: productClient(refreshOnly),
      subject: customer(jane),
      baseUrl: orders.baseUrl,
      store,
    })
    const state = await session.restore()
    const answer = await session.fetch('/v1/devices')
    await close()
    reportCounts('renewals killed at random', {
      kills,
      'refreshes granted': granted().length,
      'adopted from another process': count('adopted'),
      'answers lost with their process': lostAnswers,
      'refresh tokens sent twice': spent.length,
      'signed in again': count('signed in'),
      'tokens lost otherwise': answer.status === 200 ? 0 : 1,
    })
    expect(state.status).toBe('signed_in')
    expect(answer.status).toBe(200)
    // The one retry of a refresh whose answer was lost with the process that waited for it.
    expect(spent.length).toBeLessThanOrEqual(lostAnswers)
    for (const text of filesIn(directory)) {
      expect(text).not.toContain(orders.password)
      expect(text).not.toContain(orders.client.secret)
    }
  }, 600_000)
})

/**
 * Empties the failure budget when asked, since each death in the middle may be a failure, for all that it knows, and
 * before 90 token requests in five minutes are sent, which it would stop. Here somebody knows better.
 */
function tendBudget({ sandbox, store, baseUrl }: { sandbox: Sandbox; store: Store; baseUrl: string }) {
  let seen = 0
  let over = false
  const reset = async () => {
    seen = sandbox.requests().length
    await resetFailureBudget(store, baseUrl)
  }
  const tend = async () => {
    while (!over) {
      // The sandbox answers in this process: nobody can send many while this waits for its turn.
      if (sandbox.requests().length > seen + 20) await reset()
      await setTimeout(5)
    }
  }
  const ended = tend()
  const end = () => {
    over = true
    return ended
  }
  return { reset, end }
}

/** A process that renews. */
interface Renewer extends Pick<Program, 'kill' | 'end'> {
  /** Resolves at its first line. Rejects with what it printed on stderr when it ends without one. */
  readonly doneSomething: Promise<void>
  /** Resolves when it has ended, and all that it said was heard. */
  readonly ended: Promise<void>
}

function start(orders: RenewerOrders, hear: (line: string) => void): Renewer {
  const one = runProgram(program)
  one.send(JSON.stringify(orders))
  const first = one.next()
  const listen = async () => {
    hear(await first)
    for (;;) hear(await one.next())
  }
  // It rejects when the process has ended, which is how all of them end.
  const ended = listen().catch(() => {})
  return { doneSomething: first.then(() => {}), ended, kill: one.kill, end: one.end }
}

/** Every file below a folder, as text. */
function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'))
}
