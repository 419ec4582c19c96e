import { eventTypes, type Status, statuses, type Transition, transitions } from '@particle-grants/core'
import { effectMeanings, eventMeanings, guardMeanings, stateMeanings } from '@particle-grants/core/reference'
import { arrowsOf, describeArrow } from '../../.vitepress/theme/state-diagram/arrows.ts'
import { blocks, code, component, heading, list, table } from '../markdown/markdown.ts'
import { type GeneratedFile, page } from '../page.ts'

/** The machine of a session, from the table that it runs on. */
export function stateMachinePage(): GeneratedFile {
  return page('reference/state-machine.md', {
    title: 'State machine',
    body: (at) => [
      `What a session of \`@particle-grants/core\` goes through. The diagram and the table are made from the transitions that the
machine runs on ([transitions.ts](https://github.com/particle-grants/particle-grants/blob/main/packages/core/src/machine/transitions.ts)); there is no other.`,
      component('StateDiagram', ['The diagram in words:', list(inWords)]),
      list(statuses.map((status) => `[\`${status}\`](#${status}): ${stateMeanings[status]}`)),
      `Of the rows for one event, the first whose conditions all hold is taken. What a state has no row for is forbidden there
([\`invalid_transition\`](${at.to('errors.md')}#invalid_transition)). Each has a test.`,
      ...statuses.map(section),
      heading(2, 'Events', 'events'),
      meanings(eventMeanings),
      heading(2, 'Conditions', 'conditions'),
      meanings(guardMeanings),
      heading(2, 'What is asked for', 'effects'),
      meanings(effectMeanings),
    ],
  })
}

/** The arrows from one state to others, in words. */
const inWords = arrowsOf(transitions)
  .filter(({ from, to }) => from !== to)
  .map(describeArrow)

function section(status: Status): string {
  const rows = transitions.filter(({ from }) => from === status)
  const forbidden = eventTypes.filter((event) => !rows.some(({ on }) => on === event))
  return blocks(
    heading(2, code(status), status),
    stateMeanings[status],
    table(
      ['Event', 'If', 'Leads to', 'Asks for'],
      rows.map((row) => cells(row, rows)),
    ),
    forbidden.length === 0 ? '' : `Forbidden here: ${forbidden.map(code).join(', ')}.`,
  )
}

function cells({ on, when, to, effects }: Transition, rows: readonly Transition[]): string[] {
  const alone = rows.filter((row) => row.on === on).length === 1
  return [
    code(on),
    when.map(code).join('<br>') || (alone ? 'always' : 'otherwise'),
    to.map((status) => `[${code(status)}](#${status})`).join('<br>'),
    effects.map(code).join(', ') || 'nothing',
  ]
}

function meanings(known: Readonly<Record<string, string>>): string {
  return table(
    ['', ''],
    Object.entries(known).map(([name, meaning]) => [code(name), meaning]),
  )
}
