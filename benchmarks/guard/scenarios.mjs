// What happens to the programs of a company in a day or two months. Each scenario runs once with the lockout guard and
// once without it, on the same random numbers.
import { createSession, createSessionPool, developerClient, memoryStore, productClient } from '@particle-grants/core'
import { defaultAccounts } from '@particle-grants/sandbox'
import { arrivals, createRandom, day, hour, intervals, minute, Simulation, second } from './simulation.mjs'

const password = 'a right password'
const people = Array.from({ length: 1000 }, (_, index) => `person-${index}@example.com`)
const customers = Array.from({ length: 60 }, (_, index) => `customer-${index}@example.com`)
const accounts = [...defaultAccounts, ...people.map((username) => ({ username, password }))]
// The sandbox searches a list. Who signs in does not matter where everybody else's password is right.
const fewPeople = people.slice(0, 100)
const fewAccounts = [
  ...defaultAccounts,
  ...fewPeople.map((username) => ({ username, password })),
  { username: 'victim@example.com', password, customerOf: '1234' },
]
const product = productClient({ id: 'my-product-1234', secret: 'product-secret' })
const developer = developerClient()

/** People who sign in at a web application of the company. */
function addPeople(
  simulation,
  random,
  { among = people, perHour, wrongShare = 0, endMs = day, processes, label = '' },
) {
  for (const at of arrivals(random, perHour, endMs)) {
    const username = among[Math.floor(random() * among.length)]
    const isWrong = random() < wrongShare
    const options = { ...processes[Math.floor(random() * processes.length)], client: developer }
    const login = () => simulation.login(options, { username, password: isWrong ? `typo at ${at}` : password })
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

/** Guesses at the password of one customer at these times, each time another one. */
function addGuesses(simulation, options, times) {
  simulation.schedule(times, () =>
    simulation.expectFailure(() => loginVictim(simulation, options, { password: `guess at ${simulation.time}` })),
  )
}

/** The customer whose password is guessed at, at these times, with the right password. */
function addVictim(simulation, options, { times, force = false, label = '' }) {
  simulation.schedule(times, () =>
    simulation.expectSuccess({ label }, () => loginVictim(simulation, options, { password, force })),
  )
}

function loginVictim(simulation, options, credentials) {
  return simulation.login({ ...options, client: product }, { username: 'victim@example.com', ...credentials })
}

/** Guesses at one customer's password, beside other people. */
function attack({ stepMs, perHour, endMs, person }) {
  return (hasGuard, seed) => {
    const simulation = new Simulation(hasGuard, { accounts: fewAccounts })
    const random = createRandom(seed)
    const options = simulation.startProcess()
    addGuesses(simulation, options, intervals(stepMs, endMs, random() * stepMs))
    if (perHour !== undefined)
      addPeople(simulation, random, { among: fewPeople, perHour, endMs, processes: [options], label: 'the others' })
    if (person !== undefined)
      addVictim(simulation, options, {
        times: intervals(10 * minute, endMs, random() * 10 * minute),
        label: 'the person',
        ...person,
      })
    return simulation.run()
  }
}

/** Six guesses each half hour, and the person 25 minutes later. */
function burstsOfGuesses(hasGuard) {
  const simulation = new Simulation(hasGuard, { accounts: fewAccounts })
  const options = simulation.startProcess()
  for (let index = 0; index < 6; index += 1)
    addGuesses(simulation, options, intervals(30 * minute, 14 * day, index * second))
  addVictim(simulation, options, { times: intervals(30 * minute, 14 * day, 25 * minute) })
  return simulation.run()
}

/** A device with an old password, beside the person who signs in each half hour. */
function oldDevice(hasGuard) {
  const simulation = new Simulation(hasGuard, { accounts: fewAccounts })
  const options = simulation.startProcess()
  simulation.schedule(intervals(5 * minute, 14 * day), () =>
    simulation.expectFailure(() => loginVictim(simulation, options, { password: 'an old password' })),
  )
  addVictim(simulation, options, { times: intervals(30 * minute, 14 * day, 25 * minute + second) })
  return simulation.run()
}

/** A person who mistypes the password in seven ways each day before it is right. */
function sevenTypos(hasGuard) {
  const simulation = new Simulation(hasGuard, { accounts: fewAccounts })
  const options = simulation.startProcess()
  for (let index = 0; index < 7; index += 1)
    addGuesses(simulation, options, intervals(day, 14 * day, 8 * hour + index * 20 * second))
  addVictim(simulation, options, { times: intervals(day, 14 * day, 8 * hour + 7 * 20 * second) })
  return simulation.run()
}

/** One account that many people share, who know its password half of the time. */
function sharedAccount(hasGuard, seed) {
  const simulation = new Simulation(hasGuard, { accounts: fewAccounts })
  const options = simulation.startProcess()
  const random = createRandom(seed)
  const times = [...intervals(2 * minute, 14 * day)].map((at) => ({ at, isWrong: random() < 0.5 }))
  const select = (wrong) => times.filter(({ isWrong }) => isWrong === wrong).map(({ at }) => at)
  addGuesses(simulation, options, select(true))
  addVictim(simulation, options, { times: select(false) })
  return simulation.run()
}

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
  '1,000 sign-ins an hour, 20 % wrong': signIns(1000, 0.2),
  '1,000 sign-ins an hour, 50 % wrong': signIns(1000, 0.5),
  'six guesses each half hour': burstsOfGuesses,
  'an old device, each 5 min': oldDevice,
  'seven typos, then right, each day': sevenTypos,
  'one account, half of its sign-ins wrong': sharedAccount,
  'a guess a minute, 2 an hour': attack({ stepMs: minute, perHour: 2, endMs: 3 * day }),
  'a guess a minute, 6 an hour': attack({ stepMs: minute, perHour: 6, endMs: 3 * day }),
  'a guess per 5 min, 2 an hour': attack({
    stepMs: 5 * minute,
    perHour: 2,
    endMs: 3 * day,
  }),
  'a guess per 2 s, 1,000 an hour': attack({ stepMs: 2 * second, perHour: 1000, endMs: day }),
  'a guess a minute': attack({ stepMs: minute, endMs: 3 * day, person: {} }),
  'a guess a minute, force': attack({
    stepMs: minute,
    endMs: 3 * day,
    person: { force: true },
  }),
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
