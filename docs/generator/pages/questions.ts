import { grantTypes } from '@particle-grants/core/protocol'
import { grantReferences, type Question, type QuestionId, questions } from '@particle-grants/reference'
import { grantPages } from '../grant-pages.ts'
import { blocks, fence, heading, list } from '../markdown/markdown.ts'
import { facts } from '../markdown/provenance.ts'
import { type GeneratedFile, page } from '../page.ts'
import type { Place } from '../place.ts'
import { toCurlOfCall } from './calls.ts'

/** The page of all questions and answers. */
export function questionsPage(): GeneratedFile {
  const ids = Object.keys(questions) as QuestionId[]
  return page('reference/questions.md', {
    title: 'Questions and answers',
    body: (at) => [list(ids.map((id) => `[${questions[id].question}](#${id})`)), ...ids.map((id) => section(id, at))],
  })
}

function section(id: QuestionId, at: Place): string {
  const { question, answer, asked = [] }: Question = questions[id]
  const grants = grantTypes
    .filter((type) => grantReferences[type].questions.includes(id))
    .map((type) => `[\`${type}\`](${at.to(grantPages[type])})`)
  return blocks(
    heading(2, question, id),
    facts(answer),
    ...(id === 'revoke'
      ? [
          fence('sh', toCurlOfCall('revoke_current')),
          `In a terminal: \`pgrants auth logout\`. In a program: \`await session.logout()\`. To revoke every token: [other API calls](${at.to('reference/calls.md')}#revoke_all).`,
        ]
      : []),
    grants.length === 0 ? '' : `See ${grants.join(', ')}.`,
    asked.length === 0 ? '' : `Asked in ${asked.map(({ title, url }) => `[${title}](${url})`).join(', ')}.`,
  )
}
