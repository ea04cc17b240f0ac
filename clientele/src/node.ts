/** The door `clientele/node`: a registrar under node:http, and under what stands on it (Express, Fastify). */
export { type NodeHandler, type NodeHandlerOptions, nodeHandler } from './registrar/node-handler.ts'
export { readCertificate } from './runtime/certificate.ts'
export type { RequestCertificate } from './runtime/request-facts.ts'
