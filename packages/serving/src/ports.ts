/** What serving needs of the packages around it, by shape: the real registry, blobs and store of Souk fit as they are. */

/** One registered version, as far as serving reads it. */
export interface RegistryVersion {
  readonly version: number;
  readonly stage: string;
  /** Blob prefix of the artefact folder. */
  readonly source: string;
}

/** The registry: which versions exist and which of them the aliases point to. */
export interface ServingRegistry {
  models(): Promise<
    readonly { readonly name: string; readonly aliases: Readonly<Record<string, number>> }[]
  >;
  /** One version by number. Throws a `SoukError` when there is none. */
  resolve(name: string, ref: { version: number }): Promise<RegistryVersion>;
  /** A value that differs after any change of aliases or versions, by any process. Cheap: it is polled. */
  changeStamp(): Promise<string | number>;
}

/** Where artefact folders are. */
export interface ServingBlobs {
  /** A local folder with everything under `prefix`. */
  localDirectory(prefix: string): Promise<string>;
}
