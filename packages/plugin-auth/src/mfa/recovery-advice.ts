import { grantReferences, pages, questions } from '@particle-grants/reference'
import type { Block } from '../explain/document.ts'

/** What to do before the authenticator is lost, in the catalogue's words. */
export function recoveryAdvice(): Block[] {
  const [{ text: whereTheyWork }] = questions.recovery_codes.answer
  const { facts = [] } = grantReferences['urn:custom:recovery-code'].fields.recovery_code
  const known = facts.filter(({ from }) => from[0] !== 'unknown')
  return [
    { kind: 'heading', text: 'Before the authenticator gets lost' },
    {
      kind: 'bullets',
      items: [
        'Have recovery codes at hand.',
        ...known.map(({ text }) => text),
        `${questions.recovery_codes.question} ${whereTheyWork}`,
        pages.two_step_authentication.url,
      ],
    },
  ]
}
