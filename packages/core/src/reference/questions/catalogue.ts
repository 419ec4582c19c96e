import { mfaQuestions } from './mfa.ts'
import { tokenQuestions } from './tokens.ts'

/** The questions that people ask, each once. Grants name those that belong to them. */
export const questions = { ...mfaQuestions, ...tokenQuestions } as const

/** The name of a question. It is its anchor as well. */
export type QuestionId = keyof typeof questions
