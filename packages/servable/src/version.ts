declare const SERVABLE_VERSION: string | undefined;

/** Version of the published package; put in by the bundler. */
export const VERSION: string = typeof SERVABLE_VERSION === "undefined" ? "0.0.0-dev" : SERVABLE_VERSION;
