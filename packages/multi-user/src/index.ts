/** `@sceneport/multi-user`: the gateway for clients of the Multi-User add-on. */
export { type MultiUserGateway, type MultiUserOptions, startMultiUser } from './gateway.ts';
export { importMultiUser } from './import.ts';
export { checkMarshal } from './pickle/marshal.ts';
export {
  DATA_ONLY,
  PICKLE_LIMITS,
  type PickleDialect,
  type PickleLimits,
  readPickle,
} from './pickle/reader.ts';
export {
  PickleConstant,
  type PickleDict,
  type PickleSet,
  PickleTuple,
  type PickleValue,
} from './pickle/value.ts';
export { writePickle } from './pickle/writer.ts';
export { WireError } from './wire-error.ts';
export { loadCurveKeys } from './zmtp/curve/keys.ts';
export type { Security } from './zmtp/security.ts';
