// What a request costs while the token is valid: no network, so that nothing hides it. Blocks of 60 requests, the arms in
// turn, forwards and backwards. Printed are the mean of each arm's fastest eighth of its blocks, which other work on the
// machine disturbs least, and the median of the ratios within the rounds, with its 95 % interval.
import axios from 'axios'
import * as arms from './arms.mjs'
import { fastest, interval, median, table } from './statistics.mjs'

const rounds = Number(process.env.ROUNDS ?? 1600)
const block = 60

const session = arms.productSession({
  fetch: async () =>
    new Response(JSON.stringify({ access_token: 'a'.repeat(40), token_type: 'bearer', expires_in: 7_776_000 })),
})
await session.getAccessToken()
const auth = { token: 'a'.repeat(40), session }

const baseURL = 'https://api.particle.io'
const answer = async (config) => ({ data: '{"ok":true}', status: 200, statusText: 'OK', headers: {}, config })

const variants = {
  bare: arms.bare,
  'static header': arms.staticHeader,
  'synchronous header interceptor': arms.synchronousInterceptor,
  'the same again (A/A)': arms.synchronousInterceptor,
  'axios-auth-refresh as documented': arms.axiosAuthRefresh,
  '@particle-grants/axios': arms.particleGrants,
}
const entries = Object.entries(variants).map(([name, attach]) => {
  const instance = axios.create({ baseURL, adapter: answer })
  attach(instance, auth)
  return { name, instance, times: [] }
})
const baseline = 'synchronous header interceptor'

const url = '/v1/devices/0123456789abcdef01234567'
const get = (instance) => instance.get(url)
const getInTime = (instance) => instance.get(url, { timeout: 10_000 })
const post = (instance) => instance.post(url, { arg: 'on', times: 3 })

const oneByOne = (send) => async (instance) => {
  const started = process.hrtime.bigint()
  for (let i = 0; i < block; i += 1) await send(instance)
  return Number(process.hrtime.bigint() - started) / block
}

const together = (send) => async (instance) => {
  const started = process.hrtime.bigint()
  for (let i = 0; i < block; i += 30) {
    await Promise.all(Array.from({ length: 30 }, () => send(instance)))
  }
  return Number(process.hrtime.bigint() - started) / block
}

for (const [title, measure] of [
  ['one after the other', oneByOne(get)],
  ['30 at a time', together(get)],
  ['with a time-out', oneByOne(getInTime)],
  ['by POST, with JSON', oneByOne(post)],
]) {
  for (const entry of entries) entry.times = []
  for (let round = -10; round < rounds; round += 1) {
    for (const entry of round % 2 === 0 ? entries : entries.toReversed()) {
      const time = await measure(entry.instance)
      if (round >= 0) entry.times.push(time)
    }
  }
  const times = (name) => entries.find((entry) => entry.name === name).times
  const ratioTo = (name, base) => times(name).map((time, round) => time / times(base)[round])
  console.log(`\n${title}: ${rounds} rounds of ${block} requests`)
  table([
    ['', 'ns a request', '× bare', '× synchronous interceptor', 'median', '(95 %)'],
    ...entries.map(({ name }) => {
      const ratios = ratioTo(name, baseline)
      const [low, high] = interval(ratios)
      return [
        name,
        Math.round(fastest(times(name))).toLocaleString('en'),
        (fastest(times(name)) / fastest(times('bare'))).toFixed(3),
        (fastest(times(name)) / fastest(times(baseline))).toFixed(3),
        median(ratios).toFixed(3),
        `(${low.toFixed(3)}–${high.toFixed(3)})`,
      ]
    }),
  ])
}
console.log(`\nNode ${process.versions.node}, Axios ${axios.VERSION}. The target: at most 1.020 × the synchronous one.`)
