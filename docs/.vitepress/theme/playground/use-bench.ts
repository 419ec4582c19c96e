import { computed, shallowRef } from 'vue'
import { Bench, type Entry } from './bench.ts'
import type { Place } from './link.ts'
import { type MoveId, moves } from './moves.ts'
import { type ScenarioId, scenarios } from './scenarios.ts'

/** The state of the playground: the actions so far, and the next ones. One action runs at a time. */
export function useBench(begin: ScenarioId, moved: (place: Place) => void) {
  let bench = new Bench(scenarios[begin])
  const scenarioId = shallowRef(begin)
  const step = shallowRef(0)
  const log = shallowRef<readonly Entry[]>([])
  const view = shallowRef(bench.view())
  const account = shallowRef(bench.account)
  const busy = shallowRef(false)

  function see(): void {
    view.value = bench.view()
    account.value = bench.account
  }

  async function act(title: string, run: (on: Bench) => Promise<string> | string): Promise<void> {
    if (busy.value) return
    busy.value = true
    const on = bench
    const entry = await on.perform(title, () => run(on))
    busy.value = false
    if (on !== bench) return
    log.value = [entry, ...log.value]
    see()
  }

  async function next(): Promise<void> {
    const move = scenarios[scenarioId.value].steps[step.value]?.move
    if (move === undefined || busy.value) return
    await act(moves[move].label, moves[move].run)
    step.value += 1
    moved({ scenario: scenarioId.value, step: step.value })
  }

  /** Starts a scenario and runs it up to the step of a link. */
  async function open(place: Place): Promise<void> {
    bench = new Bench(scenarios[place.scenario])
    busy.value = false
    scenarioId.value = place.scenario
    step.value = 0
    log.value = []
    see()
    moved({ scenario: place.scenario, step: 0 })
    while (step.value < place.step) await next()
  }

  return {
    account,
    busy,
    log,
    scenario: computed(() => scenarios[scenarioId.value]),
    scenarioId,
    step,
    view,
    next,
    open,
    move: (id: MoveId) => act(moves[id].label, moves[id].run),
    signIn: (username: string, password: string) =>
      act('Sign in with your input', (on) => on.signIn(username, password)),
    sendCode: (code: string) => act('Send your code', (on) => on.sendCode(code)),
  }
}
