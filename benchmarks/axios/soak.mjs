// 200,000 calls across 2,000 expiries: the heap must stay flat, and each expiry cost one token request. The heap is
// looked at after a collection, in a Node that compiles nothing to machine code: that is all that grows otherwise, by half
// a kilobyte an expiry. It ends with 1 when a count is wrong, or when the heap of the second half grows by more than 100
// bytes an expiry. `ARM=by-hand` does the same calls with an interceptor and a variable, to compare.
import { fork } from 'node:child_process'
import { Agent } from 'node:http'
import { attachSession } from '@particle-grants/axios'
import axios from 'axios'
import { productSession, synchronousInterceptor } from './arms.mjs'
import { slope } from './statistics.mjs'

const expiries = Number(process.env.EXPIRIES ?? 2000)
const callsEach = 100
/** One reading is off by 0.1 MB either way: with a hundred, the slope of the second half is known to some 40 bytes. */
const readings = 100

const server = fork(new URL('server.mjs', import.meta.url))
const baseURL = await new Promise((resolve) => server.once('message', ({ url }) => resolve(url)))
const ask = async (path) => (await fetch(baseURL + path, { method: 'POST' })).json()

let ahead = 0
const session = productSession({ baseUrl: baseURL, clock: { now: () => Date.now() + ahead } })
await session.getAccessToken()
await ask('/reset')
const httpAgent = new Agent({ keepAlive: true, maxSockets: 64 })
const instances = [axios.create({ baseURL, httpAgent }), axios.create({ baseURL, httpAgent })]
const byHand = process.env.ARM === 'by-hand'
const auth = { token: '' }
for (const instance of instances) {
  if (byHand) synchronousInterceptor(instance, auth)
  else attachSession(instance, session)
}

const heap = []
const totals = { tokenRequests: 0, refused: 0, answered: 0, failed: 0 }
const started = performance.now()
for (let expiry = 0; expiry < expiries; expiry += 1) {
  if (byHand) auth.token = (await ask('/oauth/token')).access_token
  else ahead += 91 * 86_400_000
  const results = await Promise.allSettled(
    Array.from({ length: callsEach }, (_, index) => instances[index % 2].get(`/v1/${index}`)),
  )
  totals.failed += results.filter(({ status }) => status === 'rejected').length
  if ((expiry + 1) % (expiries / readings) !== 0) continue
  const { tokenRequests, refused, answered } = await ask('/counts')
  await ask('/reset')
  totals.tokenRequests += tokenRequests
  totals.refused += refused
  totals.answered += answered
  globalThis.gc()
  heap.push(process.memoryUsage().heapUsed / 1e6)
  if (heap.length % (readings / 20) === 0)
    console.log(`${expiry + 1} expiries, ${totals.answered} calls answered: ${heap.at(-1).toFixed(2)} MB`)
}
const seconds = (performance.now() - started) / 1000
const growth = (slope(heap.slice(readings / 2)) * 1e6) / (expiries / readings)
console.log(
  `${totals.answered} calls in ${seconds.toFixed(0)} s: ${totals.failed} failed, ${totals.refused} answered 401, ${totals.tokenRequests} token requests for ${expiries} expiries; heap in the second half: ${growth.toFixed(0)} bytes more an expiry`,
)
const kept =
  totals.answered === expiries * callsEach &&
  totals.failed === 0 &&
  totals.refused === 0 &&
  totals.tokenRequests === expiries &&
  growth < 100
if (!kept) process.exitCode = 1
httpAgent.destroy()
server.disconnect()
