// The part of the WebAssembly JavaScript interface the kernels need (the DOM library that declares it is not loaded).
// Source: W3C, WebAssembly JavaScript Interface.
declare namespace WebAssembly {
  class Module {
    private readonly kind: "module";
  }
  class Memory {
    constructor(descriptor: { initial: number; maximum: number; shared?: boolean });
    readonly buffer: ArrayBufferLike;
  }
  class Instance {
    constructor(module: Module, imports: Record<string, Record<string, unknown>>);
    readonly exports: Readonly<Record<string, unknown>>;
  }
  function validate(bytes: Uint8Array): boolean;
  function compile(bytes: Uint8Array): Promise<Module>;
}
