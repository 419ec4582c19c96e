import { type Status, statuses } from '@particle-grants/core/machine'
import {
  conditionDescriptions,
  effectDescriptions,
  eventDescriptions,
  findStateArrows,
  stateDescriptions,
  type TransitionRow,
  transitions,
} from '@particle-grants/reference'
import { describeArrow } from '../draw-states.ts'
import { blocks, code, component, details, heading, list, table } from '../markdown/markdown.ts'
import { type GeneratedFile, page } from '../page.ts'

const eventTypes = Object.keys(eventDescriptions)

/** The page of the session's state machine, made from the transition table. */
export function stateMachinePage(): GeneratedFile {
  return page('reference/state-machine.md', {
    title: 'State machine',
    body: (at) => [
      `The states of a session of \`@particle-grants/core\`. The diagram and the tables are made from one transition table. A test
compares it with the code of the session.`,
      component('StateDiagram', [details('The changes of state', [list(changes)])]),
      list(statuses.map((status) => `[\`${status}\`](#${status}): ${stateDescriptions[status]}`)),
      `Of the rows for one event, the first whose conditions all hold applies. A state without a row for an event does not accept it
([\`invalid_state\`](${at.to('errors.md')}#invalid_state)).`,
      ...statuses.map(section),
      heading(2, 'Events', 'events'),
      descriptions(eventDescriptions),
      heading(2, 'Conditions', 'conditions'),
      descriptions(conditionDescriptions),
      heading(2, 'Effects', 'effects'),
      descriptions(effectDescriptions),
    ],
  })
}

const changes = findStateArrows()
  .filter(({ from, to }) => from !== to)
  .map(describeArrow)

function section(status: Status): string {
  const rows = transitions.filter(({ from }) => from === status)
  const missing = eventTypes.filter((event) => !rows.some(({ on }) => on === event))
  return blocks(
    heading(2, code(status), status),
    stateDescriptions[status],
    table(
      ['Event', 'If', 'Next state', 'Effects'],
      rows.map((row) => cells(row, rows)),
    ),
    missing.length === 0 ? '' : `Not accepted: ${missing.map(code).join(', ')}.`,
  )
}

function cells({ on, when, to, effects }: TransitionRow, rows: readonly TransitionRow[]): string[] {
  const isOnly = rows.filter((row) => row.on === on).length === 1
  return [
    code(on),
    when.map(code).join('<br>') || (isOnly ? 'always' : 'otherwise'),
    to.map((status) => `[${code(status)}](#${status})`).join('<br>'),
    effects.map(code).join(', ') || 'none',
  ]
}

function descriptions(known: Readonly<Record<string, string>>): string {
  return table(
    ['', ''],
    Object.entries(known).map(([name, text]) => [code(name), text]),
  )
}
