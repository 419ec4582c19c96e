/** A part of the program that is a file of its own. */
export type Part = 'quick' | 'complete' | 'help' | 'main'

export function choosePart(argv: readonly string[]): Part
