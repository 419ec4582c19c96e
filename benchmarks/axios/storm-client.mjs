// One arm of a storm, in a separate process, so that its memory is not shared: prints one line of JSON.
import { fork } from 'node:child_process'
import { Agent } from 'node:http'
import axios from 'axios'
import createAuthRefreshInterceptor from 'axios-auth-refresh'
import * as arms from './arms.mjs'

const [arm, trouble, sockets, count] = process.argv.slice(2)
const calls = Number(count)

const server = fork(new URL('server.mjs', import.meta.url))
const baseURL = await new Promise((resolve) => server.once('message', ({ url }) => resolve(url)))
const ask = async (path) => (await fetch(baseURL + path, { method: 'POST' })).json()

let ahead = 0
const session = arms.productSession({ baseUrl: baseURL, clock: { now: () => Date.now() + ahead } })
const refresh = async () => (await ask('/oauth/token')).access_token
const auth = { session, refresh, token: '' }
if (arm === 'particleGrants') await session.getAccessToken()
else auth.token = await refresh()

const variants = {
  ...arms,
  axiosAuthRefreshShared(instance) {
    arms.synchronousInterceptor(instance, auth)
    const renew = async ({ response }) => {
      auth.token = await refresh()
      response.config.headers.Authorization = `Bearer ${auth.token}`
    }
    createAuthRefreshInterceptor(instance, renew, { deduplicateRefresh: false })
  },
}
const httpAgent = new Agent({
  keepAlive: true,
  maxSockets: sockets === 'pool' ? 256 : Number.POSITIVE_INFINITY,
})
const instance = axios.create({ baseURL, httpAgent })
variants[arm](instance, auth)

// Compiled and connected before anything is measured.
for (let round = 0; round < 4; round += 1) {
  await Promise.all(Array.from({ length: 250 }, (_, index) => instance.get(`/warm/${round}/${index}`)))
}
await ask('/reset')
if (trouble === 'expired') ahead += 91 * 86_400_000
if (trouble === 'revoked') await ask('/revoke')
globalThis.gc()
const before = process.memoryUsage()

let peak = 0
const watch = setInterval(() => {
  peak = Math.max(peak, process.memoryUsage().heapUsed)
}, 20)
const cpuBefore = process.cpuUsage()
const started = performance.now()
const results = await Promise.allSettled(Array.from({ length: calls }, (_, index) => instance.get(`/v1/${index}`)))
const milliseconds = performance.now() - started
const cpu = process.cpuUsage(cpuBefore)
clearInterval(watch)

const counts = await ask('/counts')
console.log(
  JSON.stringify({
    milliseconds,
    cpu: (cpu.user + cpu.system) / 1000,
    failed: results.filter(({ status }) => status === 'rejected').length,
    ...counts,
    peakHeap: (peak - before.heapUsed) / 1e6,
    peakRss: process.resourceUsage().maxRSS / 1000,
  }),
)
httpAgent.destroy()
server.disconnect()
