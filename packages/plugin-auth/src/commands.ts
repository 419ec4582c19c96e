import type { Command } from '@oclif/core'
import { AuthExec } from './commands/auth/exec.ts'
import { AuthExplain } from './commands/auth/explain.ts'
import { AuthGrants } from './commands/auth/grants.ts'
import { AuthLogin } from './commands/auth/login.ts'
import { AuthLogout } from './commands/auth/logout.ts'
import { AuthMfaDisable } from './commands/auth/mfa/disable.ts'
import { AuthMfaEnable } from './commands/auth/mfa/enable.ts'
import { AuthMfaForget } from './commands/auth/mfa/forget.ts'
import { AuthMfaStatus } from './commands/auth/mfa/status.ts'
import { AuthProfiles } from './commands/auth/profiles/list.ts'
import { AuthProfilesRemove } from './commands/auth/profiles/remove.ts'
import { AuthProfilesSwitch } from './commands/auth/profiles/switch.ts'
import { AuthRenew } from './commands/auth/renew.ts'
import { AuthStatus } from './commands/auth/status.ts'
import { AuthToken } from './commands/auth/token.ts'
import { AuthUnlock } from './commands/auth/unlock.ts'
import { AuthWhoami } from './commands/auth/whoami.ts'

/** Every command, by its id. Explicit, so that a bundle has them all. */
export const commands: Readonly<Record<string, Command.Class>> = {
  'auth:exec': AuthExec,
  'auth:explain': AuthExplain,
  'auth:grants': AuthGrants,
  'auth:login': AuthLogin,
  'auth:logout': AuthLogout,
  'auth:mfa:disable': AuthMfaDisable,
  'auth:mfa:enable': AuthMfaEnable,
  'auth:mfa:forget': AuthMfaForget,
  'auth:mfa:status': AuthMfaStatus,
  'auth:profiles': AuthProfiles,
  'auth:profiles:remove': AuthProfilesRemove,
  'auth:profiles:switch': AuthProfilesSwitch,
  'auth:renew': AuthRenew,
  'auth:status': AuthStatus,
  'auth:token': AuthToken,
  'auth:unlock': AuthUnlock,
  'auth:whoami': AuthWhoami,
}
