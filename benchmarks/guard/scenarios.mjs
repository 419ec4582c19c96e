// What happens to the programs of a company in a day or two months. Each scenario runs once with the lockout guard and
// once without it, on the same random numbers.
import {
  createSession,
  createSessionPool,
  customer,
  developerClient,
  memoryStore,
  productClient,
} from '@particle-grants/core'
import { defaultAccounts } from '@particle-grants/sandbox'
import { arrivals, createRandom, day, hour, intervals, minute, Simulation, second } from './simulation.mjs'

const password = 'a right password'
const people = Array.from({ length: 5000 }, (_, index) => `person-${index}@example.com`)
const customers = Array.from({ length: 60 }, (_, index) => `customer-${index}@example.com`)
const accounts = [
  ...defaultAccounts,
  ...people.map((username) => ({ username, password })),
  { username: 'victim@example.com', password, customerOf: '1234' },
]
const product = productClient({ id: 'my-product-1234', secret: 'product-secret' })
const developer = developerClient()

/** People who sign in at a web application of the company. */
function addPeople(simulation, random, { perHour, wrongShare = 0, endMs = day, processes, label = '' }) {
  for (const at of arrivals(random, perHour, endMs)) {
    const username = people[Math.floor(random() * people.length)]
    const isWrong = random() < wrongShare
    const options = { ...processes[Math.floor(random() * processes.length)], client: developer }
    const login = () => simulation.login(options, { username, password: isWrong ? 'wrong' : password })
    simulation.schedule([at], () =>
      isWrong ? simulation.expectFailure(login) : simulation.expectSuccess({ label }, login),
    )
  }
}

/** A store that is no memory store for the guard, as processes share it. */
function createSharedStore() {
  const data = memoryStore()
  return {
    load: (key) => data.load(key),
    save: (key, value, version) => data.save(key, value, version),
    remove: (key, version) => data.remove(key, version),
    withLock: (key, task) => data.withLock(key, task),
  }
}

function signIns(perHour, wrongShare) {
  return (hasGuard, seed) => {
    const simulation = new Simulation(hasGuard, { accounts })
    const processes = [simulation.startProcess()]
    addPeople(simulation, createRandom(seed), { perHour, wrongShare, processes })
    return simulation.run()
  }
}

/** One account is guessed at, each time with another password, while its person and others sign in. */
function guessing({ stepMs, endMs, perHour = 0, force }) {
  return (hasGuard, seed) => {
    const simulation = new Simulation(hasGuard, { accounts })
    const options = simulation.startProcess()
    const login = createLogin(simulation, options)
    simulation.schedule(intervals(stepMs, endMs), () => simulation.expectFailure(() => login(guess())))
    if (perHour > 0)
      addPeople(simulation, createRandom(seed), { perHour, endMs, processes: [options], label: 'the others' })
    if (force !== undefined) {
      const label = force ? 'the person, with force' : 'the person'
      const random = createRandom(seed + 1000)
      for (const at of arrivals(random, 2, endMs)) {
        simulation.schedule([at], () => simulation.expectSuccess({ label }, () => login(password, force)))
      }
    }
    return simulation.run()
  }
}

let guesses = 0
function guess() {
  guesses += 1
  return `guess ${guesses}`
}

/** Signs the victim in, as a customer of a product. */
function createLogin(simulation, options) {
  const username = 'victim@example.com'
  return (text, force = false) =>
    simulation.login({ ...options, client: product, subject: customer(username) }, { username, password: text, force })
}

/** The same calls of one account again and again: `plan` schedules them. */
function oneAccount(plan) {
  return (hasGuard, seed) => {
    const simulation = new Simulation(hasGuard, { accounts })
    const login = createLogin(simulation, simulation.startProcess())
    plan({
      random: createRandom(seed),
      addRight: (times) => simulation.schedule(times, () => simulation.expectSuccess({}, () => login(password))),
      addWrong: (times, getPassword = guess) =>
        simulation.schedule(times, () => simulation.expectFailure(() => login(getPassword()))),
    })
    return simulation.run()
  }
}

const sixGuesses = oneAccount(({ addRight, addWrong }) => {
  for (let guessed = 0; guessed < 6; guessed += 1) addWrong(intervals(30 * minute, 14 * day, guessed * second))
  addRight(intervals(30 * minute, 14 * day, 25 * minute))
})

const oldDevice = oneAccount(({ addRight, addWrong }) => {
  addWrong(intervals(5 * minute, 14 * day), () => 'the old password')
  addRight(intervals(30 * minute, 14 * day, minute))
})

const sevenTypos = oneAccount(({ addRight, addWrong }) => {
  for (let typo = 0; typo < 7; typo += 1) addWrong(intervals(day, 14 * day, typo * 10 * second))
  addRight(intervals(day, 14 * day, 70 * second))
})

const halfWrong = oneAccount(({ random, addRight, addWrong }) => {
  for (const at of intervals(2 * minute, 7 * day)) random() < 0.5 ? addWrong([at]) : addRight([at])
})

/** A job that starts a new process each time, with a store on disk. */
function job(stepMs, type) {
  return (hasGuard) => {
    const simulation = new Simulation(hasGuard, { accounts })
    const store = createSharedStore()
    const run = () => {
      const options = { ...simulation.startProcess(), store }
      if (type === 'password')
        return simulation.login({ ...options, client: developer }, { username: 'dev@example.com', password: 'wrong' })
      const client = productClient({ id: 'my-product-1234', secret: 'wrong' })
      return createSession({ ...options, client }).getAccessToken()
    }
    simulation.schedule(intervals(stepMs, 60 * day), () => simulation.expectFailure(run))
    return simulation.run()
  }
}

/** Customers of a back end whose tokens last an hour, and people, while Particle cannot be reached. */
function outage(lengthMs) {
  return (hasGuard, seed) => {
    const simulation = new Simulation(hasGuard, {
      accounts: [...accounts, ...customers.map((username) => ({ username, customerOf: '1234' }))],
      accessTokenLifetime: 3600,
    })
    const startMs = 3 * hour
    const endMs = startMs + lengthMs
    simulation.addOutage((time) => time >= startMs && time < endMs)
    const random = createRandom(seed)
    const options = simulation.startProcess()
    const pool = createSessionPool({ ...options, client: product })
    const expectAfterOutage = (program, call) =>
      simulation.time < endMs ? call().catch(() => {}) : simulation.expectSuccess({ program }, call)
    for (const name of customers) {
      simulation.schedule(intervals(minute, endMs + 6 * hour, random() * minute), () =>
        expectAfterOutage(name, () => pool.customer(name).getAccessToken()),
      )
    }
    for (const at of arrivals(random, 300, endMs + 6 * hour)) {
      const username = people[Math.floor(random() * people.length)]
      simulation.schedule([at], () =>
        expectAfterOutage('people', () => simulation.login({ ...options, client: developer }, { username, password })),
      )
    }
    return simulation.run()
  }
}

/** A batch over all customers every hour: 40 of the 60 were deleted. People sign in beside it. */
function deletedCustomers(hasGuard, seed) {
  const remaining = customers.slice(0, 20)
  const simulation = new Simulation(hasGuard, {
    accounts: [...accounts, ...remaining.map((username) => ({ username, customerOf: '1234' }))],
    accessTokenLifetime: 3600,
  })
  const random = createRandom(seed)
  const options = simulation.startProcess()
  const pool = createSessionPool({ ...options, client: product })
  for (let at = 0; at < day; at += hour) {
    const batch = customers.map((name) => ({ name, order: random() })).sort((a, b) => a.order - b.order)
    for (const [index, { name }] of batch.entries()) {
      const call = () => pool.customer(name).getAccessToken()
      simulation.schedule([at + index * second], () =>
        remaining.includes(name) ? simulation.expectSuccess({ program: name }, call) : simulation.expectFailure(call),
      )
    }
  }
  addPeople(simulation, random, { perHour: 100, wrongShare: 0.05, processes: [options] })
  return simulation.run()
}

/** Four processes of one application. */
function fourProcesses(isShared) {
  return (hasGuard, seed) => {
    const simulation = new Simulation(hasGuard, { accounts })
    const store = createSharedStore()
    const processes = Array.from({ length: 4 }, () => ({
      ...simulation.startProcess(),
      ...(isShared && { store }),
    }))
    addPeople(simulation, createRandom(seed), { perHour: 1000, wrongShare: 0.2, processes })
    return simulation.run()
  }
}

/** Another company's program with a wrong password, behind the same address. */
function neighbour(hasGuard, seed) {
  const simulation = new Simulation(hasGuard, { accounts })
  const options = simulation.startProcess()
  const other = { ...simulation.startProcess(), client: developer, lockoutGuard: false }
  const credentials = { username: 'mfa@example.com', password: 'wrong' }
  simulation.schedule(intervals(minute, day), () =>
    simulation.expectFailure(() => simulation.login(other, credentials)),
  )
  addPeople(simulation, createRandom(seed), { perHour: 20, wrongShare: 0.05, processes: [options] })
  return simulation.run()
}

/** By title. Each returns what it counted, for a guard or none and a seed. */
export const scenarios = {
  '1,000 sign-ins an hour, 5 % wrong': signIns(1000, 0.05),
  '1,000 sign-ins an hour, 20 % wrong': signIns(1000, 0.2),
  '1,000 sign-ins an hour, 50 % wrong': signIns(1000, 0.5),
  '500 sign-ins an hour, 20 % wrong': signIns(500, 0.2),
  'six guesses each half hour, the person 25 minutes later, 14 days': sixGuesses,
  'an old device repeats one wrong password every 5 minutes, 14 days': oldDevice,
  'seven typos, then right, each day': sevenTypos,
  'one account, a sign-in every 2 minutes, half of them wrong': halfWrong,
  'a guess a minute beside 2 sign-ins an hour': guessing({ stepMs: minute, endMs: 3 * day, perHour: 2 }),
  'a guess a minute beside 6 sign-ins an hour': guessing({ stepMs: minute, endMs: 3 * day, perHour: 6 }),
  'a guess every 5 minutes beside 2 sign-ins an hour': guessing({ stepMs: 5 * minute, endMs: 3 * day, perHour: 2 }),
  'a guess every 2 s beside 1,000 sign-ins an hour': guessing({ stepMs: 2 * second, endMs: day, perHour: 1000 }),
  'a guess a minute, and nobody else': guessing({ stepMs: minute, endMs: 3 * day, force: false }),
  'a guess a minute, and the person uses force': guessing({ stepMs: minute, endMs: 3 * day, force: true }),
  'a job with a wrong password every 10 minutes, 60 days': job(10 * minute, 'password'),
  'a job with a wrong password every 15 minutes, 60 days': job(15 * minute, 'password'),
  'a job with a wrong client secret every 10 minutes, 60 days': job(10 * minute, 'secret'),
  'an outage of an hour': outage(hour),
  'an outage of a day': outage(day),
  'a batch over 40 deleted customers': deletedCustomers,
  'four processes that share a store, 20 % wrong': fourProcesses(true),
  'four processes with a store each, 20 % wrong': fourProcesses(false),
  'a neighbour on the same address': neighbour,
}
