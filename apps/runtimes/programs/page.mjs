// For browsers: a page of the sandbox calls this function.
import { testAll } from './all.mjs'

// The page and the API have different origins, so that every call needs CORS.
Object.assign(globalThis, {
  /** @param {string} baseUrl */
  testInPage: (baseUrl) => testAll({ baseUrl, controlUrl: location.origin }),
})
