export { grantAnalyst, isRoleName, isSoundPassword, RoleInUseError, removeAnalyst } from "./analyst-role.ts";
export { refreshAnalytics } from "./refresh.ts";
