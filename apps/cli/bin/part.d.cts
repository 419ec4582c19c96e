/** A part of the program that is a file of its own. */
export type Part = 'token' | 'complete' | 'help' | 'main'

export function choosePart(argv: readonly string[]): Part
