import type { ErrorCode } from '@particle-grants/core'
import { argumentErrors } from './argument-errors.ts'
import { credentialErrors } from './credential-errors.ts'
import type { LibraryErrorReferences } from './library-error.ts'
import { responseErrors } from './response-errors.ts'
import { storeErrors } from './store-errors.ts'
import { tokenErrors } from './token-errors.ts'
import { waitingErrors } from './waiting-errors.ts'

/** Explains each error code of the libraries. A missing code does not compile. */
export const libraryErrorReferences: LibraryErrorReferences<ErrorCode> = {
  ...argumentErrors,
  ...responseErrors,
  ...tokenErrors,
  ...waitingErrors,
  ...storeErrors,
  ...credentialErrors,
}
