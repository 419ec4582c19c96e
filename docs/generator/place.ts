import { posix } from 'node:path'

/** A page's place in `docs/`, from which its links go out. */
export interface Place {
  readonly path: string
  /** The link to another file of `docs/`, by its path from there. */
  to(path: string): string
}

/** The place of a page, by its path from `docs/`. */
export function place(path: string): Place {
  return {
    path,
    to(other) {
      const relative = posix.relative(posix.dirname(path), other)
      return relative.startsWith('.') ? relative : `./${relative}`
    },
  }
}
