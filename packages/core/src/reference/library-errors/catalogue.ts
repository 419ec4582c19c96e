import type { ErrorCode } from '../../errors/details.ts'
import { answered } from './answered.ts'
import { held } from './held.ts'
import { heldBack } from './held-back.ts'
import type { LibraryErrorReferences } from './library-error.ts'
import { refusedHere } from './refused-here.ts'
import { stored } from './stored.ts'

/** What explains each error of this package. A code that is missing here does not compile. */
export const libraryErrorReferences: LibraryErrorReferences<ErrorCode> = {
  ...refusedHere,
  ...answered,
  ...held,
  ...heldBack,
  ...stored,
}
