import { grantTypes } from '@particle-grants/core'
import { recordAll } from './exchange/recordings.ts'
import { openApiFile } from './openapi/document.ts'
import type { GeneratedFile } from './page.ts'
import { callsPage } from './pages/calls.ts'
import { errorsPage } from './pages/errors.ts'
import {
  clientsPage,
  limitsPage,
  notServedPage,
  requestPage,
  sourcesPage,
  unknownsPage,
} from './pages/facts-pages.ts'
import { grantPage } from './pages/grant.ts'
import { grantsOverview } from './pages/grants-overview.ts'
import { questionsPage } from './pages/questions.ts'
import { stateMachinePage } from './pages/state-machine.ts'
import { tokenLifePage } from './pages/token-life.ts'
import { sidebarFile } from './sidebar.ts'

/** Every generated file of `docs/`. */
export async function generate(): Promise<readonly GeneratedFile[]> {
  const recordings = await recordAll()
  return [
    grantsOverview(),
    ...grantTypes.map((type) => grantPage(type, recordings)),
    errorsPage(),
    tokenLifePage(),
    clientsPage(),
    requestPage(),
    callsPage(),
    limitsPage(),
    questionsPage(),
    stateMachinePage(),
    notServedPage(),
    unknownsPage(),
    sourcesPage(),
    sidebarFile(),
    openApiFile(),
  ]
}
