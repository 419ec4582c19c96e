import { GrantsError } from './grants-error.ts'

/** Says of a parameter what is wrong with it. `problem` goes on after its name: "must be …". */
export function invalidArgument(parameter: string, problem: string): GrantsError<'invalid_argument'> {
  return new GrantsError('invalid_argument', { parameter, problem })
}
