import type { Command } from '@oclif/core'
import { ApiUsersCreate } from './commands/api-users/create.ts'
import { ApiUsersDelete } from './commands/api-users/delete.ts'
import { ApiUsersList } from './commands/api-users/list.ts'
import { ApiUsersRotate } from './commands/api-users/rotate.ts'
import { AuthExec } from './commands/auth/exec.ts'
import { AuthList } from './commands/auth/list.ts'
import { AuthLogin } from './commands/auth/login.ts'
import { AuthLogout } from './commands/auth/logout.ts'
import { AuthMfaDisable } from './commands/auth/mfa/disable.ts'
import { AuthMfaEnable } from './commands/auth/mfa/enable.ts'
import { AuthMfaForget } from './commands/auth/mfa/forget.ts'
import { AuthMfaStatus } from './commands/auth/mfa/status.ts'
import { AuthRefresh } from './commands/auth/refresh.ts'
import { AuthStatus } from './commands/auth/status.ts'
import { AuthSwitch } from './commands/auth/switch.ts'
import { AuthToken } from './commands/auth/token.ts'
import { AuthUnlock } from './commands/auth/unlock.ts'
import { AuthWhoami } from './commands/auth/whoami.ts'
import { ClientsCreate } from './commands/clients/create.ts'
import { ClientsDelete } from './commands/clients/delete.ts'
import { ClientsList } from './commands/clients/list.ts'
import { CustomersDelete } from './commands/customers/delete.ts'
import { CustomersList } from './commands/customers/list.ts'
import { Explain } from './commands/explain.ts'
import { Grants } from './commands/grants.ts'
import { TokensRevoke } from './commands/tokens/revoke.ts'
import { TokensShow } from './commands/tokens/show.ts'

/** Every command by its id. The list is explicit, so that a bundle contains all of them. */
export const commands: Readonly<Record<string, Command.Class>> = {
  'api-users:create': ApiUsersCreate,
  'api-users:delete': ApiUsersDelete,
  'api-users:list': ApiUsersList,
  'api-users:rotate': ApiUsersRotate,
  'auth:exec': AuthExec,
  'auth:list': AuthList,
  'auth:login': AuthLogin,
  'auth:logout': AuthLogout,
  'auth:mfa:disable': AuthMfaDisable,
  'auth:mfa:enable': AuthMfaEnable,
  'auth:mfa:forget': AuthMfaForget,
  'auth:mfa:status': AuthMfaStatus,
  'auth:refresh': AuthRefresh,
  'auth:status': AuthStatus,
  'auth:switch': AuthSwitch,
  'auth:token': AuthToken,
  'auth:unlock': AuthUnlock,
  'auth:whoami': AuthWhoami,
  'clients:create': ClientsCreate,
  'clients:delete': ClientsDelete,
  'clients:list': ClientsList,
  'customers:delete': CustomersDelete,
  'customers:list': CustomersList,
  explain: Explain,
  grants: Grants,
  'tokens:revoke': TokensRevoke,
  'tokens:show': TokensShow,
}
