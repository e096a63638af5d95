export {
  isPermission,
  isRole,
  type Permission,
  permissions,
  permissionsOf,
  type Role,
  roles,
} from "./roles.ts";
