/** The door `clientele/custom-members`: client metadata of your own, checked by JSON Schema. A door of its own, because it loads ajv. */
export { type CustomMember, CustomMemberError } from './policies/custom-members.ts'
export { type CustomMembers, defineCustomMembers } from './policies/define-custom-members.ts'
