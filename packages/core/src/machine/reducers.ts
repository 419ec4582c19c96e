import { answerReducers } from './answer-reducers.ts'
import { requestReducers } from './request-reducers.ts'
import { settledReducers } from './settled-reducers.ts'

/** What makes the next state and the effects of a row of the transition table, by name. */
export const reducers = { ...settledReducers, ...requestReducers, ...answerReducers }

/** The reducers' type. */
export type Reducers = typeof reducers
/** The name of a reducer. */
export type ReducerName = keyof Reducers
