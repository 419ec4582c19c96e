import { grantTypes } from '@particle-grants/core/protocol'
import { stateDrawingFile } from './draw-states.ts'
import { timelineFiles } from './draw-timelines.ts'
import { recordAll } from './exchange/exchanges.ts'
import { sourceTitlesFile } from './markdown/provenance.ts'
import { openApiFile } from './openapi/document.ts'
import type { GeneratedFile } from './page.ts'
import { callsPage } from './pages/calls.ts'
import { choosePage } from './pages/choose.ts'
import { errorsPage } from './pages/errors.ts'
import {
  clientsPage,
  limitsPage,
  requestPage,
  sourcesPage,
  unknownsPage,
  unsupportedGrantsPage,
} from './pages/facts-pages.ts'
import { grantPage } from './pages/grant.ts'
import { grantsOverview } from './pages/grants-overview.ts'
import { liveCheckPage } from './pages/live-check.ts'
import { permissionsPage } from './pages/permissions.ts'
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
    choosePage(),
    errorsPage(),
    tokenLifePage(),
    clientsPage(),
    requestPage(),
    callsPage(),
    permissionsPage(),
    limitsPage(),
    questionsPage(),
    stateMachinePage(),
    unsupportedGrantsPage(),
    unknownsPage(),
    liveCheckPage(),
    sourcesPage(),
    sidebarFile(),
    sourceTitlesFile(),
    stateDrawingFile(),
    ...timelineFiles(),
    openApiFile(),
  ]
}
