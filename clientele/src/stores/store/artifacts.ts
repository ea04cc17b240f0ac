import type { JsonObject } from '../../oauth/json.ts'

/** What the authorization server keeps for a while: codes, tokens, grants, sessions, interactions, replay marks. */
export interface ArtifactRecord {
  /** The engine's model name: `AccessToken`, `Session`, … Part of the identity. */
  readonly kind: string
  /** Found by this. Growing text (see `runtime/time-ordered.ts`) wherever we choose it; any text otherwise. */
  readonly id: string
  /** SHA-256 of the bearer value, where the artifact is one; the value itself is not stored. */
  readonly hash?: string
  readonly payload: JsonObject
  readonly clientId?: string
  readonly grantId?: string
  /** A session's or an interaction's second name. */
  readonly uid?: string
  readonly userCode?: string
  /** Epoch seconds; absent for never. */
  readonly expiresAt?: number
  /** Epoch seconds of the first use, for what may be used once. */
  readonly consumedAt?: number
}

export interface ArtifactStore {
  /** Creates the artifact, or replaces the one of the same kind and id. */
  saveArtifact(artifact: ArtifactRecord): Promise<void>
  /** The artifact, also when expired or consumed (the caller says so better), or undefined. */
  findArtifact(kind: string, id: string): Promise<ArtifactRecord | undefined>
  findArtifactByUid(kind: string, uid: string): Promise<ArtifactRecord | undefined>
  findArtifactByUserCode(kind: string, userCode: string): Promise<ArtifactRecord | undefined>
  /**
   * Marks an artifact as used. Exactly one caller ever gets true; false for consumed or unknown ones.
   * `payload`, when given, replaces the artifact's payload in the same transaction.
   */
  consumeArtifact(kind: string, id: string, at: number, payload?: JsonObject): Promise<boolean>
  /** Sets a mark. Exactly one caller ever gets true; false, and nothing written, when it is there already, expired or not. */
  setReplayMark(mark: ReplayMark): Promise<boolean>
  /** Deletes one; no error when there is none. */
  deleteArtifact(kind: string, id: string): Promise<void>
  /** Deletes every artifact of a grant, the grant's own record (kind `Grant`, that id) included. */
  deleteArtifactsOfGrant(grantId: string): Promise<void>
  /** Deletes at most `limit` artifacts that expired before `now`; how many it deleted. */
  deleteExpiredArtifacts(now: number, limit: number): Promise<number>
}

/** Remembers what counts once: an artifact of this kind and id, without a payload. */
export type ReplayMark = Pick<ArtifactRecord, 'kind' | 'id' | 'expiresAt'>
